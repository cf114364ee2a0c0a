-- Which record settles the entry of a subject of a roll; NULL: the entry is only to be looked at.
CREATE TYPE rolls_settlement AS (village_id uuid, roll_id uuid, subject_id uuid, settled_by uuid);

-- Most entries are plainly owed (state 0) when the record comes that settles them (state 1). They are settled in the
-- order of their ids, then their leaves counted in the order of theirs: two writers never wait for each other in a
-- circle. Who finds an entry that another is just settling waits for it here. Returns those not plainly owed.
CREATE FUNCTION rolls_settle_owed(given rolls_settlement[], moment timestamptz)
RETURNS TABLE (village_id uuid, roll_id uuid, subject_id uuid) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH entry AS (
    SELECT e.id, g.settled_by FROM unnest(given) AS g JOIN rolls_entry e USING (village_id, roll_id, subject_id)
    WHERE e.state = 0 AND g.settled_by IS NOT NULL ORDER BY e.id),
  settled AS (
    UPDATE rolls_entry e SET settled_by = l.settled_by, state = 1, changed_at = moment
    FROM entry l WHERE e.id = l.id AND e.state = 0
    RETURNING e.village_id, e.roll_id, e.subject_id, e.area_id),
  leaf AS (
    SELECT c.id, d.number
    FROM (SELECT village_id, roll_id, area_id, count(*) AS number FROM settled GROUP BY village_id, roll_id, area_id) d
    JOIN rolls_leafcount c USING (village_id, roll_id, area_id) ORDER BY c.id FOR UPDATE OF c),
  counted AS (
    UPDATE rolls_leafcount c SET owed = c.owed - l.number, done = c.done + l.number FROM leaf l WHERE c.id = l.id)
  SELECT g.village_id, g.roll_id, g.subject_id FROM unnest(given) AS g
  WHERE (g.roll_id, g.subject_id) NOT IN (SELECT roll_id, subject_id FROM settled);
END $$;

-- Say that what the boards of villages show may have changed.
CREATE FUNCTION rolls_touch(villages uuid[], moment timestamptz) RETURNS void LANGUAGE sql AS $$
  INSERT INTO rolls_change (village_id, number, changed_at)
  SELECT DISTINCT village_id, 1, moment FROM unnest(villages) AS r (village_id) ORDER BY village_id
  ON CONFLICT (village_id) DO UPDATE SET number = rolls_change.number + 1, changed_at = EXCLUDED.changed_at
$$;
