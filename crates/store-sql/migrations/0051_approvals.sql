-- One chain for each subject: the organisation's (plan_id empty) or a plan's own.
CREATE TABLE approval_chains (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    plan_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    steps TEXT NOT NULL,
    revision BIGINT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (organisation_id, plan_id, subject)
);

CREATE TABLE approvals (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    plan_id TEXT NOT NULL REFERENCES plans (id),
    subject TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    content_hash TEXT NOT NULL,
    author_id TEXT NOT NULL,
    comment TEXT NOT NULL,
    steps TEXT NOT NULL,
    step BIGINT NOT NULL,
    due_at TEXT,
    state TEXT NOT NULL,
    changed_rate BIGINT,
    changed_amount BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    closed_at TEXT
);
CREATE INDEX approvals_of_organisation ON approvals (organisation_id, id);
CREATE INDEX approvals_by_state ON approvals (organisation_id, state, id);

-- A step is decided once: two who decide at the same moment meet on the key.
CREATE TABLE approval_decisions (
    organisation_id TEXT NOT NULL,
    approval_id TEXT NOT NULL REFERENCES approvals (id),
    step BIGINT NOT NULL,
    by_id TEXT NOT NULL,
    acting_for TEXT,
    escalated BIGINT NOT NULL,
    approved BIGINT NOT NULL,
    comment TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (approval_id, step)
);

CREATE TABLE deputies (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    deputy_id TEXT NOT NULL REFERENCES users (id),
    from_day TEXT NOT NULL,
    until_day TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    revoked_at TEXT,
    revision BIGINT NOT NULL
);
CREATE INDEX deputies_of_organisation ON deputies (organisation_id, id);
