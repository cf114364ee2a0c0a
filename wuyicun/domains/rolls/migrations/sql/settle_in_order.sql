-- Most entries are plainly owed (state 0) when the record comes that settles them (state 1). They are settled in the
-- order of roll and subject, in which they must be given, then their leaves counted in the order of their ids: two
-- writers never wait for each other in a circle. Who finds an entry that another is just settling waits for it here.
-- Returns those not plainly owed.
CREATE OR REPLACE FUNCTION rolls_settle_owed(given rolls_settlement[], moment timestamptz)
RETURNS TABLE (village_id uuid, roll_id uuid, subject_id uuid) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH settled AS (
    UPDATE rolls_entry e SET settled_by = g.settled_by, state = 1, changed_at = moment
    FROM unnest(given) AS g
    WHERE e.village_id = g.village_id AND e.roll_id = g.roll_id AND e.subject_id = g.subject_id
      AND e.state = 0 AND g.settled_by IS NOT NULL
    RETURNING e.village_id, e.roll_id, e.subject_id, e.area_id),
  leaf AS (
    SELECT c.id, d.number
    FROM (SELECT village_id, roll_id, area_id, count(*) AS number FROM settled GROUP BY village_id, roll_id, area_id) d
    JOIN rolls_leafcount c USING (village_id, roll_id, area_id) ORDER BY c.id FOR UPDATE OF c),
  counted AS (
    UPDATE rolls_leafcount c SET owed = c.owed - l.number, done = c.done + l.number FROM leaf l WHERE c.id = l.id)
  SELECT g.village_id, g.roll_id, g.subject_id FROM unnest(given) AS g
  WHERE (SELECT count(*) FROM settled) < cardinality(given)
    AND (g.roll_id, g.subject_id) NOT IN (SELECT roll_id, subject_id FROM settled);
END $$;
