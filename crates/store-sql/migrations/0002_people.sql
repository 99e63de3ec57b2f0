CREATE TABLE users (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL,
    login_folded TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    member TEXT,
    reports_to TEXT,
    language TEXT,
    active BIGINT NOT NULL,
    password_hash TEXT,
    revision BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (organisation_id, login_folded)
);

CREATE TABLE tokens (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    secret_hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    expires_at TEXT,
    used_at TEXT,
    revoked_at TEXT,
    created_at TEXT NOT NULL
);
CREATE INDEX tokens_of_user ON tokens (organisation_id, user_id);
