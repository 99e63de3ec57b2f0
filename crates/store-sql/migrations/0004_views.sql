CREATE TABLE views (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    owner_id TEXT NOT NULL,
    plan_id TEXT,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    shared BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE INDEX views_of_organisation ON views (organisation_id, id);
