-- Take turns in villages until the end of the transaction, side by side with others or alone: kernel/database/turns.py.
-- The key is the random half of a village's id; keys are locked in their order, so that nobody waits in a circle.
CREATE FUNCTION records_take_turns(villages uuid[], alone uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM CASE WHEN by_itself THEN pg_advisory_xact_lock(key) ELSE pg_advisory_xact_lock_shared(key) END
  FROM (
    SELECT key, bool_or(by_itself) AS by_itself FROM (
      SELECT ('x' || encode(substr(uuid_send(village), 9), 'hex'))::bit(64)::bigint AS key, by_itself
      FROM (SELECT unnest(villages), false UNION ALL SELECT unnest(alone), true) AS named (village, by_itself)
    ) AS keyed GROUP BY key ORDER BY key
  ) AS turns;
END $$;
