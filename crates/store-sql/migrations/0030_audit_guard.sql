-- The end of a chain bears the data folder's seal.
ALTER TABLE audit_ends ADD COLUMN seal TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_of_target ON audit (organisation_id, target, number);

-- The database itself refuses to change a record, and to delete one of less than 180 days.
-- only sqlite
CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit records are never changed');
END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit
WHEN OLD.at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-180 days')
BEGIN
    SELECT RAISE(ABORT, 'audit records are kept for 180 days');
END;
CREATE TRIGGER audit_ends_forward BEFORE UPDATE ON audit_ends
WHEN NEW.number < OLD.number OR NEW.organisation_id <> OLD.organisation_id
BEGIN
    SELECT RAISE(ABORT, 'an audit chain only grows');
END;
CREATE TRIGGER audit_ends_kept BEFORE DELETE ON audit_ends
BEGIN
    SELECT RAISE(ABORT, 'an audit chain only grows');
END;
-- only postgres
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit records are never changed, and kept for 180 days';
END $$;
CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_kept BEFORE DELETE ON audit FOR EACH ROW
WHEN (OLD.at COLLATE "C" > to_char((now() AT TIME ZONE 'UTC') - interval '180 days', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_ends_forward BEFORE UPDATE ON audit_ends FOR EACH ROW
WHEN (NEW.number < OLD.number OR NEW.organisation_id <> OLD.organisation_id)
EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_ends_kept BEFORE DELETE ON audit_ends FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_ends_not_emptied BEFORE TRUNCATE ON audit_ends EXECUTE FUNCTION audit_refuse();
