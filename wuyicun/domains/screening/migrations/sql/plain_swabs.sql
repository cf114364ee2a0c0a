-- Most swabs are plain: they come from the tube's owner, and it has room for them. They count whatever came before, so
-- that the tube's other swabs need not be read and ranked again.
--
-- Replaces parts of take_in.sql, where order and locks are told.

-- What has just come for a tube: swabs of one device, or (told) something else that a record says of it. number: of
-- the swabs; special: some are re-tests or were taken back.
CREATE TYPE screening_come AS (
  village_id uuid, round_id uuid, code text, device uuid, told boolean, special boolean, number integer,
  first_swab_at timestamptz);

DROP FUNCTION screening_decide(screening_touched[], screening_swab[], timestamptz);

-- Store the plain ones of swabs that have just come in, and count them in their tubes; returns what else came. fresh:
-- tubes for which nothing had come before, so that whatever is told of them changes no earlier swab.
CREATE FUNCTION screening_fill(come screening_come[], fresh screening_touched[], swabs screening_swab[])
RETURNS screening_come[] LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  others screening_come[];
BEGIN
  WITH plain AS (
    UPDATE screening_tube t SET swabs = t.swabs + g.number, first_swab_at = least(t.first_swab_at, g.first_swab_at)
    FROM unnest(come) AS g
    WHERE t.village_id = g.village_id AND t.round_id = g.round_id AND t.code = g.code
      AND g.number > 0 AND NOT g.special AND t.device = g.device AND t.state NOT IN ('void', 'lost')
      AND t.swabs + g.number <= t.pool
    RETURNING t.round_id, t.code, t.device),
  other AS (
    SELECT g.* FROM unnest(come) AS g WHERE CASE WHEN g.told
      THEN (g.round_id, g.code) NOT IN (SELECT f.round_id, f.code FROM unnest(fresh) AS f)
      ELSE (g.round_id, g.code, g.device) NOT IN (SELECT p.round_id, p.code, p.device FROM plain p) END),
  added AS (
    INSERT INTO screening_sample (id, village_id, round_id, tube, person_id, station_id, retest, device, at,
      corrected_at, by, voided, fit)
    SELECT s.id, s.village_id, s.round_id, s.tube, s.person_id, s.station_id, false, s.device, s.at, s.corrected_at,
      s.by, false, 0
    FROM unnest(swabs) AS s
    WHERE (s.round_id, s.tube, s.device) NOT IN (SELECT o.round_id, o.code, o.device FROM other o WHERE NOT o.told))
  SELECT array_agg(o::screening_come) INTO others FROM other o;
  RETURN others;
END $$;

-- Decide tubes, their swabs, and whose entries they settle; store the swabs that have just come in.
CREATE FUNCTION screening_decide(come screening_come[], swabs screening_swab[], moment timestamptz)
RETURNS SETOF screening_finding LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  locked integer;
  fresh screening_touched[];
  answered screening_finding[];
  told screening_touched[];
  others screening_come[];
  changed screening_finding[];
  settlements rolls_settlement[];
BEGIN
  FOR attempt IN 1 .. 2 LOOP
    SELECT count(*), array_agg(
        ROW('answered', NULL, l.village_id, l.round_id, NULL, NULL, NULL, NULL, l.code)::screening_finding
      ) FILTER (WHERE l.result <> '')
    INTO locked, answered
    FROM (SELECT t.village_id, t.round_id, t.code, t.result
      FROM unnest(come) AS g JOIN screening_tube t USING (village_id, round_id, code)
      ORDER BY t.village_id, t.round_id, t.code FOR UPDATE OF t) AS l;
    EXIT WHEN locked = coalesce(cardinality(come), 0);
    WITH made AS (
      INSERT INTO screening_tube
        (id, village_id, round_id, code, state, pool, swabs, short_reason, handed_by, carried_by, result)
      SELECT gen_random_uuid(), g.village_id, g.round_id, g.code, 'expected', 0, 0, '', '', '', ''
      FROM unnest(come) AS g ORDER BY g.village_id, g.round_id, g.code
      ON CONFLICT (village_id, round_id, code) DO NOTHING RETURNING village_id, round_id, code)
    SELECT array_agg(ROW(m.village_id, m.round_id, m.code, true)::screening_touched) INTO fresh FROM made m;
  END LOOP;

  SELECT array_agg(ROW(g.village_id, g.round_id, g.code, true)::screening_touched) INTO told
  FROM unnest(come) AS g WHERE g.told;
  IF told IS NOT NULL THEN
    PERFORM screening_derive(told);
    SELECT answered || array_agg(
        ROW('answered', NULL, t.village_id, t.round_id, NULL, NULL, NULL, NULL, t.code)::screening_finding)
    INTO answered
    FROM unnest(told) AS g JOIN screening_tube t USING (village_id, round_id, code) WHERE t.result <> '';
  END IF;
  IF answered IS NOT NULL THEN
    RETURN QUERY SELECT DISTINCT * FROM unnest(answered);
  END IF;

  others := screening_fill(come, fresh, swabs);
  IF others IS NOT NULL THEN
    SELECT array_agg(f) INTO changed FROM screening_rank(
      ARRAY(SELECT DISTINCT ROW(o.village_id, o.round_id, o.code, false)::screening_touched FROM unnest(others) AS o),
      ARRAY(SELECT s FROM unnest(swabs) AS s WHERE ((s.round_id, s.tube, s.device) IN (
        SELECT o.round_id, o.code, o.device FROM unnest(others) AS o WHERE NOT o.told)) IS TRUE)) AS f;
  END IF;
  IF changed IS NULL THEN
    SELECT array_agg(ROW(s.village_id, s.roll_id, s.person_id, s.id)::rolls_settlement) INTO settlements
    FROM (SELECT DISTINCT ON (roll_id, person_id) village_id, roll_id, person_id, id FROM unnest(swabs)
      ORDER BY roll_id, person_id, at, id) AS s;
  ELSE
    RETURN QUERY SELECT * FROM unnest(changed);
    SELECT array_agg(ROW(s.village_id, s.roll_id, s.person_id, s.id)::rolls_settlement
      ORDER BY s.roll_id, s.person_id) INTO settlements
    FROM (
      (SELECT DISTINCT ON (roll_id, person_id) village_id, roll_id, person_id, id FROM unnest(swabs)
      WHERE (roll_id, person_id) NOT IN (SELECT c.roll_id, c.person_id FROM unnest(changed) AS c)
      ORDER BY roll_id, person_id, at, id)
      UNION ALL SELECT DISTINCT c.village_id, c.roll_id, c.person_id, NULL::uuid FROM unnest(changed) AS c
    ) AS s;
  END IF;
  IF settlements IS NOT NULL THEN
    RETURN QUERY SELECT 'left', NULL::uuid, l.village_id, f.id, l.roll_id, l.subject_id, NULL::boolean, NULL::smallint,
      '' FROM rolls_settle_owed(settlements, moment) AS l
      JOIN screening_round f ON f.village_id = l.village_id AND f.roll_id = l.roll_id;
  END IF;
END $$;

-- Take in stored records of swabs and of tubes. In the villages named by `alone` we go alone, and so we do where a tube
-- has a result already: that shows only once the tubes are locked, hence the second attempt. finish: nothing else will
-- be done in these villages, so that they are touched here unless a finding asks for more.
CREATE OR REPLACE FUNCTION screening_take_in(
  swab_ids uuid[], people uuid[], told_ids uuid[], villages uuid[], alone uuid[], finish boolean, moment timestamptz)
RETURNS SETOF screening_finding LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  swabs screening_swab[];
  told screening_told[];
  come screening_come[];
  findings screening_finding[];
  more screening_finding[];
  answered uuid[];
BEGIN
  LOOP
    BEGIN
      PERFORM records_take_turns(villages, alone);
      findings := NULL;
      told := NULL;
      SELECT * INTO findings, swabs FROM screening_check_swabs(swab_ids, people, findings);
      IF cardinality(told_ids) > 0 THEN
        SELECT * INTO findings, told FROM screening_check_told(told_ids, findings);
      END IF;
      SELECT array_agg(c) INTO come FROM (
        SELECT s.village_id, s.round_id, s.tube, s.device, false, bool_or(s.retest OR v.id IS NOT NULL),
          count(*)::integer, min(s.corrected_at)
        FROM unnest(swabs) AS s LEFT JOIN LATERAL (SELECT v.id FROM records_void v
          WHERE v.village_id = s.village_id AND v.record_id = s.id LIMIT 1) v ON true
        GROUP BY s.village_id, s.round_id, s.tube, s.device
        UNION ALL
        SELECT DISTINCT n.village_id, n.round_id, n.tube, NULL::uuid, true, false, 0, NULL::timestamptz
        FROM unnest(told) AS n) AS c;
      SELECT array_agg(f) INTO more FROM screening_decide(come, swabs, moment) AS f;
      SELECT array_agg(DISTINCT f.village_id) INTO answered FROM unnest(more) AS f
      WHERE f.what = 'answered' AND f.village_id <> ALL (alone);
      EXIT WHEN answered IS NULL;
      RAISE EXCEPTION USING ERRCODE = 'WY001', MESSAGE = 'not alone';
    EXCEPTION WHEN SQLSTATE 'WY001' THEN
      alone := alone || answered;
    END;
  END LOOP;
  findings := findings || more;
  RETURN QUERY SELECT * FROM unnest(findings);
  IF finish AND NOT EXISTS (SELECT 1 FROM unnest(findings) AS f WHERE f.what <> 'refused') THEN
    PERFORM rolls_touch(villages, moment);
  END IF;
END $$;
