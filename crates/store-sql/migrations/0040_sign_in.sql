CREATE TABLE sessions (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    secret_hash TEXT NOT NULL UNIQUE,
    means TEXT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX sessions_of_user ON sessions (organisation_id, user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- Devices that somebody has signed in on before.
CREATE TABLE known_devices (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    secret_hash TEXT NOT NULL PRIMARY KEY,
    expires_at TEXT NOT NULL
);
CREATE INDEX known_devices_of_user ON known_devices (organisation_id, user_id);

CREATE TABLE authenticators (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id),
    secret TEXT NOT NULL,
    confirmed_at TEXT,
    last_step BIGINT
);

CREATE TABLE recovery_codes (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    code_hash TEXT NOT NULL,
    PRIMARY KEY (user_id, code_hash)
);

CREATE TABLE password_resets (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    secret_hash TEXT NOT NULL PRIMARY KEY,
    created_by TEXT NOT NULL,
    expires_at TEXT NOT NULL
);

-- What was tried in vain: an account, an address, both, or a known device. The organisation is empty
-- for what concerns the whole server.
CREATE TABLE sign_in_attempts (
    organisation_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    failures BIGINT NOT NULL,
    last_at TEXT,
    PRIMARY KEY (organisation_id, subject)
);
CREATE INDEX sign_in_attempts_by_age ON sign_in_attempts (last_at);

CREATE TABLE identity_providers (
    organisation_id TEXT NOT NULL PRIMARY KEY REFERENCES organisations (id),
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    client_secret TEXT,
    label TEXT NOT NULL,
    by_email BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    updated_at TEXT NOT NULL
);

CREATE TABLE identities (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    PRIMARY KEY (organisation_id, issuer, subject)
);

CREATE TABLE sign_ins_elsewhere (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    state_hash TEXT NOT NULL PRIMARY KEY,
    browser_hash TEXT NOT NULL,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    return_to TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
