CREATE TABLE releases (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    plan_id TEXT NOT NULL REFERENCES plans (id),
    measure TEXT NOT NULL,
    period TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    deadline TEXT NOT NULL,
    due_at TEXT NOT NULL,
    note TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    withdrawn_at TEXT,
    revision BIGINT NOT NULL
);
CREATE INDEX releases_of_plan ON releases (organisation_id, plan_id, id);

-- The targets as they were when released, in steps of the measure.
CREATE TABLE released_targets (
    organisation_id TEXT NOT NULL,
    release_id TEXT NOT NULL REFERENCES releases (id),
    node TEXT NOT NULL,
    target BIGINT NOT NULL,
    PRIMARY KEY (release_id, node)
);

-- Answers are only ever added or withdrawn; the last one that stands counts.
CREATE TABLE commitments (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    plan_id TEXT NOT NULL,
    release_id TEXT NOT NULL REFERENCES releases (id),
    node TEXT NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    target BIGINT NOT NULL,
    reason TEXT NOT NULL,
    author_id TEXT NOT NULL,
    acting_for TEXT,
    at TEXT NOT NULL,
    withdrawn_at TEXT,
    revision BIGINT NOT NULL,
    UNIQUE (release_id, node, number)
);
