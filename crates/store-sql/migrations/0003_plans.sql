CREATE TABLE plans (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    scope_axis TEXT,
    branched_from TEXT,
    branched_at BIGINT,
    status TEXT NOT NULL,
    last_sequence BIGINT NOT NULL,
    last_hash TEXT NOT NULL,
    revision BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    archived_at TEXT
);
CREATE INDEX plans_of_organisation ON plans (organisation_id, id);

-- The log: the line of a plan directory's log.jsonl under its number; number 0 is the definition.
CREATE TABLE plan_lines (
    organisation_id TEXT NOT NULL,
    plan_id TEXT NOT NULL REFERENCES plans (id),
    sequence BIGINT NOT NULL,
    line TEXT NOT NULL,
    hash TEXT NOT NULL,
    user_id TEXT,
    at TEXT NOT NULL,
    PRIMARY KEY (plan_id, sequence)
);

CREATE TABLE plan_inputs (
    organisation_id TEXT NOT NULL,
    plan_id TEXT NOT NULL REFERENCES plans (id),
    stored TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes {bytes} NOT NULL,
    PRIMARY KEY (plan_id, stored)
);
