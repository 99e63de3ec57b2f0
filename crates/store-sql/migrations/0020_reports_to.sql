-- Who reports to whom, from above: subordinates over all levels are found through it.
CREATE INDEX users_reports_to ON users (organisation_id, reports_to);
