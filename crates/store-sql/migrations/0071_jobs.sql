CREATE TABLE jobs (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    plan_id TEXT,
    parameters TEXT NOT NULL,
    run_key TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    leased_by TEXT,
    lease_until TEXT,
    started_at TEXT,
    finished_at TEXT,
    error TEXT,
    reason TEXT,
    outcome TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (organisation_id, run_key)
);
CREATE INDEX jobs_due ON jobs (state, due_at);
CREATE INDEX jobs_of_organisation ON jobs (organisation_id, created_at, id);

CREATE TABLE schedules (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    rule TEXT NOT NULL,
    each_missed BIGINT NOT NULL,
    active BIGINT NOT NULL,
    parameters TEXT NOT NULL,
    next_at TEXT NOT NULL,
    revision BIGINT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (organisation_id, kind)
);
CREATE INDEX schedules_due ON schedules (active, next_at);
