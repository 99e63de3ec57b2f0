CREATE TABLE channels (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    secret TEXT,
    language TEXT,
    active BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE INDEX channels_of_organisation ON channels (organisation_id, id);

CREATE TABLE subscriptions (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    topic TEXT NOT NULL,
    plan_id TEXT,
    channel_id TEXT REFERENCES channels (id),
    user_id TEXT,
    created_at TEXT NOT NULL
);
CREATE INDEX subscriptions_by_topic ON subscriptions (organisation_id, topic);

CREATE TABLE templates (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    topic TEXT NOT NULL,
    language TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    revision BIGINT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (organisation_id, topic, language)
);

CREATE TABLE feeds (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    secret_hash TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    revoked_at TEXT
);
CREATE INDEX feeds_of_user ON feeds (organisation_id, user_id);

-- Written in the transaction of what caused them; sent afterwards, at least once.
CREATE TABLE deliveries (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    topic TEXT NOT NULL,
    channel_id TEXT,
    user_id TEXT,
    receiver TEXT NOT NULL,
    language TEXT NOT NULL,
    values_json TEXT NOT NULL,
    cause TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at TEXT NOT NULL,
    leased_by TEXT,
    lease_until TEXT,
    attempted_at TEXT,
    answer TEXT,
    error TEXT,
    created_at TEXT NOT NULL,
    UNIQUE (organisation_id, cause, receiver)
);
CREATE INDEX deliveries_due ON deliveries (state, next_at);
CREATE INDEX deliveries_of_organisation ON deliveries (organisation_id, created_at, id);
CREATE INDEX deliveries_of_channel ON deliveries (organisation_id, channel_id, attempted_at);
