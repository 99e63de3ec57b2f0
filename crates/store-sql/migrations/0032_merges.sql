-- What of a scenario was brought back into its plan: up to which of its operations, and as which of the
-- plan's each of them (JSON, pairs of numbers).
CREATE TABLE plan_merges (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    plan_id TEXT NOT NULL REFERENCES plans (id),
    scenario_id TEXT NOT NULL REFERENCES plans (id),
    scenario_until BIGINT NOT NULL,
    operations TEXT NOT NULL,
    merged_at TEXT NOT NULL,
    PRIMARY KEY (organisation_id, plan_id, scenario_id, scenario_until)
);
