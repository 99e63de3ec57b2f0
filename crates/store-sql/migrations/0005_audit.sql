-- One record for each change, chained; nothing here is ever updated or deleted within its term.
CREATE TABLE audit (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    number BIGINT NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    origin TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    before_json TEXT NOT NULL,
    after_json TEXT NOT NULL,
    result TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (organisation_id, number)
);

-- The end of each chain; the row is what writers of one organisation meet on.
CREATE TABLE audit_ends (
    organisation_id TEXT NOT NULL PRIMARY KEY REFERENCES organisations (id),
    number BIGINT NOT NULL,
    hash TEXT NOT NULL
);
