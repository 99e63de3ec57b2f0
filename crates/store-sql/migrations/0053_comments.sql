CREATE TABLE comments (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL PRIMARY KEY,
    plan_id TEXT NOT NULL REFERENCES plans (id),
    thread_id TEXT NOT NULL,
    measure TEXT NOT NULL,
    place TEXT NOT NULL,
    node TEXT NOT NULL,
    body TEXT NOT NULL,
    mentions TEXT NOT NULL,
    author_id TEXT NOT NULL,
    created_at TEXT NOT NULL,
    edited_at TEXT,
    resolved_by TEXT,
    resolved_at TEXT,
    revision BIGINT NOT NULL
);
CREATE INDEX comments_of_plan ON comments (organisation_id, plan_id, created_at, id);
