CREATE TABLE dimensions (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    is_organisation BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (organisation_id, code)
);

-- A member with all that it was and will be, as JSON: its days never overlap.
CREATE TABLE members (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    dimension_id TEXT NOT NULL REFERENCES dimensions (id),
    code TEXT NOT NULL,
    spans TEXT NOT NULL,
    revision BIGINT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (organisation_id, dimension_id, code)
);

CREATE TABLE entries (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    revision BIGINT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (organisation_id, kind, code)
);
