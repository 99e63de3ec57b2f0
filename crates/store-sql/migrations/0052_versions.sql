-- A version is a position in the log with its hashes; only superseded_at and recalled_at are ever written.
CREATE TABLE plan_versions (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    plan_id TEXT NOT NULL REFERENCES plans (id),
    number BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    log_hash TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    reason TEXT NOT NULL,
    approval_id TEXT,
    published_by TEXT NOT NULL,
    published_at TEXT NOT NULL,
    superseded_at TEXT,
    recalled_at TEXT,
    UNIQUE (plan_id, number)
);

CREATE TABLE plan_status_changes (
    organisation_id TEXT NOT NULL,
    plan_id TEXT NOT NULL REFERENCES plans (id),
    number BIGINT NOT NULL,
    made TEXT NOT NULL,
    from_status TEXT NOT NULL,
    to_status TEXT NOT NULL,
    reason TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    by_id TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (plan_id, number)
);
