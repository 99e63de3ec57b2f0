CREATE TABLE imports (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    plan_id TEXT NOT NULL REFERENCES plans (id),
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    options TEXT NOT NULL,
    dry_run BIGINT NOT NULL,
    state TEXT NOT NULL,
    number BIGINT,
    report TEXT,
    problem TEXT,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    stamped_at TEXT,
    ended_at TEXT,
    runner TEXT NOT NULL,
    beat_at TEXT NOT NULL,
    revision BIGINT NOT NULL
);
CREATE INDEX imports_of_plan ON imports (organisation_id, plan_id, created_at, id);
CREATE INDEX imports_by_state ON imports (state);

-- Sales entered by hand; they are brought to a segment in batches.
CREATE TABLE sales (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    plan_id TEXT NOT NULL REFERENCES plans (id),
    content TEXT NOT NULL,
    external_id TEXT,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    voided_at TEXT,
    stored BIGINT NOT NULL,
    UNIQUE (organisation_id, plan_id, external_id)
);
CREATE INDEX sales_of_plan ON sales (organisation_id, plan_id, created_at, id);
CREATE INDEX sales_to_store ON sales (organisation_id, plan_id, stored);
