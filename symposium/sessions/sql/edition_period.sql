-- The period of an edition is a column that Python computes: it may change while the days stay.
DROP TRIGGER period_to_sessions ON symposium_editions_edition;
CREATE TRIGGER period_to_sessions AFTER UPDATE OF period
ON symposium_editions_edition FOR EACH ROW WHEN (OLD.period IS DISTINCT FROM NEW.period)
EXECUTE FUNCTION symposium_edition_period_to_sessions();
