-- Most tubes are opened and filled by one batch: they are stored at once as they will be, instead of as expected, then
-- derived from what was told, then counted. Replaces parts of plain_swabs.sql and take_in.sql, where order and locks are
-- explained.

DROP FUNCTION screening_decide(screening_come[], screening_swab[], timestamptz);
DROP FUNCTION screening_fill(screening_come[], screening_touched[], screening_swab[]);
DROP TYPE screening_come;

-- What has just come for a tube. number: of swabs; device: from which they come; special: its swabs must be ranked, since
-- some are re-tests, come from another device or were taken back, now or before; told: a record says more of the tube;
-- opener, station_id, pool, opened_at: of its opening, where that is all that was told.
CREATE TYPE screening_come AS (
  village_id uuid, round_id uuid, code text, number integer, device uuid, special boolean, first_swab_at timestamptz,
  told boolean, opener uuid, station_id uuid, pool integer, opened_at timestamptz);

-- Sum up by tube what has come.
CREATE FUNCTION screening_sum_up(swabs screening_swab[], told screening_told[], villages uuid[])
RETURNS screening_come[] LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  taken_back uuid[];
  come screening_come[];
BEGIN
  SELECT array_agg(v.record_id) INTO taken_back FROM records_void v WHERE v.village_id = ANY (villages)
    AND v.record_id = ANY (
      ARRAY(SELECT s.id FROM unnest(swabs) AS s) || ARRAY(SELECT n.record_id FROM unnest(told) AS n));
  SELECT array_agg(ROW(c.village_id, c.round_id, c.code, c.number, c.devices[1],
      c.special OR c.devices[1] <> ANY (c.devices), c.first_swab_at, c.told, c.opening[1].device,
      (c.opening[1].data ->> 'station')::uuid, (c.opening[1].data ->> 'pool')::integer, c.opening[1].at
    )::screening_come)
  INTO come
  FROM (
    SELECT e.village_id, e.round_id, e.code, count(*) FILTER (WHERE e.said IS NULL)::integer AS number,
      array_agg(e.device) FILTER (WHERE e.said IS NULL) AS devices, bool_or(e.special) AS special,
      min(e.corrected_at) AS first_swab_at, count(e.said) > 0 AS told,
      CASE WHEN count(e.said) = 1 AND bool_and(e.opens)
        THEN array_agg(e.said) FILTER (WHERE e.said IS NOT NULL) END AS opening
    FROM (
      SELECT s.village_id, s.round_id, s.tube AS code, s.device, s.corrected_at,
        s.retest OR (s.id = ANY (taken_back)) IS TRUE AS special, NULL::screening_told AS said, NULL::boolean AS opens
      FROM unnest(swabs) AS s
      UNION ALL
      SELECT n.village_id, n.round_id, n.tube, NULL, NULL, false, n,
        n.kind = 'tube.open' AND (n.record_id = ANY (taken_back)) IS NOT TRUE
      FROM unnest(told) AS n) AS e
    GROUP BY e.village_id, e.round_id, e.code) AS c;
  RETURN come;
END $$;

-- Store the plain ones of swabs that have just come in, and count them in their tubes; returns what else came. fresh:
-- tubes for which nothing had come before, so that whatever is told of them changes no earlier swab; counted: those of
-- them that were stored with their swabs counted.
CREATE FUNCTION screening_fill(
  come screening_come[], fresh screening_touched[], counted screening_touched[], swabs screening_swab[])
RETURNS screening_come[] LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  others screening_come[];
BEGIN
  WITH plain AS (
    UPDATE screening_tube t SET swabs = t.swabs + g.number, first_swab_at = least(t.first_swab_at, g.first_swab_at)
    FROM unnest(come) AS g
    WHERE (g.round_id, g.code) NOT IN (SELECT c.round_id, c.code FROM unnest(counted) AS c)
      AND t.village_id = g.village_id AND t.round_id = g.round_id AND t.code = g.code
      AND g.number > 0 AND NOT g.special AND t.device = g.device AND t.state NOT IN ('void', 'lost')
      AND t.swabs + g.number <= t.pool
    RETURNING t.round_id, t.code),
  other AS (
    SELECT * FROM (
      SELECT g.village_id, g.round_id, g.code, CASE
          WHEN (g.round_id, g.code) IN (SELECT c.round_id, c.code FROM unnest(counted) AS c)
            OR (g.round_id, g.code) IN (SELECT p.round_id, p.code FROM plain p) THEN 0
          ELSE g.number END AS number,
        g.device, g.special, g.first_swab_at,
        g.told AND (g.round_id, g.code) NOT IN (SELECT f.round_id, f.code FROM unnest(fresh) AS f) AS told,
        g.opener, g.station_id, g.pool, g.opened_at
      FROM unnest(come) AS g) AS o
    WHERE o.told OR o.special OR o.number > 0),
  added AS (
    INSERT INTO screening_sample (id, village_id, round_id, tube, person_id, station_id, retest, device, at,
      corrected_at, by, voided, fit)
    SELECT s.id, s.village_id, s.round_id, s.tube, s.person_id, s.station_id, false, s.device, s.at, s.corrected_at,
      s.by, false, 0
    FROM unnest(swabs) AS s
    WHERE (s.round_id, s.tube) NOT IN (SELECT o.round_id, o.code FROM other o WHERE o.number > 0))
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
  fresh screening_touched[];  -- made by this call; told: stored with all that was told of them
  counted screening_touched[];
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
      INSERT INTO screening_tube AS t (id, village_id, round_id, code, state, station_id, device, pool, opened_at,
        swabs, first_swab_at, short_reason, handed_by, carried_by, result)
      SELECT gen_random_uuid(), n.village_id, n.round_id, n.code,
        CASE WHEN n.opened_at IS NULL THEN 'expected' ELSE 'open' END, n.station_id, n.opener, n.pool, n.opened_at,
        CASE WHEN n.fits THEN n.number ELSE 0 END, CASE WHEN n.fits THEN n.first_swab_at END, '', '', '', ''
      FROM (
        SELECT g.village_id, g.round_id, g.code, g.number, g.first_swab_at, g.opener, g.station_id, g.opened_at,
          least(coalesce(g.pool, 0), f.pool_size) AS pool,
          g.device = g.opener AND NOT g.special AND g.number <= least(coalesce(g.pool, 0), f.pool_size) AS fits
        FROM unnest(come) AS g JOIN LATERAL (SELECT f.pool_size FROM screening_round f
          WHERE f.id = g.round_id AND (f.village_id = g.village_id) IS TRUE OFFSET 0) f ON true
        ORDER BY g.village_id, g.round_id, g.code) AS n
      ON CONFLICT (village_id, round_id, code) DO NOTHING
      RETURNING t.village_id, t.round_id, t.code, t.state, t.swabs)
    SELECT array_agg(ROW(m.village_id, m.round_id, m.code, m.state = 'open')::screening_touched),
      array_agg(ROW(m.village_id, m.round_id, m.code, true)::screening_touched) FILTER (WHERE m.swabs > 0)
    INTO fresh, counted FROM made m;
    EXIT WHEN locked + coalesce(cardinality(fresh), 0) = cardinality(come);
  END LOOP;

  SELECT array_agg(ROW(g.village_id, g.round_id, g.code, true)::screening_touched) INTO told
  FROM unnest(come) AS g
  WHERE g.told AND (g.round_id, g.code) NOT IN (SELECT f.round_id, f.code FROM unnest(fresh) AS f WHERE f.told);
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

  others := screening_fill(come, fresh, counted, swabs);
  IF others IS NOT NULL THEN
    SELECT array_agg(f) INTO changed FROM screening_rank(
      ARRAY(SELECT ROW(o.village_id, o.round_id, o.code, false)::screening_touched FROM unnest(others) AS o),
      ARRAY(SELECT s FROM unnest(swabs) AS s
        WHERE (s.round_id, s.tube) IN (SELECT o.round_id, o.code FROM unnest(others) AS o WHERE o.number > 0))) AS f;
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

-- Check stored records of swabs, each with its person (NULL for a card that nobody has): those that can be taken in.
-- A batch has few rounds and stations: each is looked up once, not for every swab.
CREATE OR REPLACE FUNCTION screening_check_swabs(
  swab_ids uuid[], people uuid[], INOUT findings screening_finding[], OUT swabs screening_swab[])
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  refused screening_finding[];
  late screening_finding[];
BEGIN
  SELECT array_agg(ROW(c.id, c.village_id, c.round_id, c.roll_id, c.tube, c.person_id, c.station_id, c.retest, c.device,
      c.at, c.corrected_at, c.by)::screening_swab) FILTER (WHERE c.code = ''),
    array_agg(ROW('refused', c.id, NULL, NULL, NULL, NULL, NULL, NULL, c.code)::screening_finding)
      FILTER (WHERE c.code <> ''),
    array_agg(DISTINCT ROW('late', NULL, c.village_id, c.round_id, NULL, NULL, NULL, NULL, '')::screening_finding)
      FILTER (WHERE c.code = '' AND c.closed_at IS NOT NULL)
  INTO swabs, refused, late
  FROM (
    SELECT s.id, s.village_id, s.round_id, f.roll_id, s.tube, s.person_id, s.station_id, s.retest, s.device, s.at,
      s.corrected_at, s.by, f.closed_at, CASE
        WHEN f.id IS NULL THEN 'unknown_round'
        WHEN f.state = 'cancelled' THEN 'round_cancelled'
        WHEN s.corrected_at > f.closed_at AND NOT s.retest THEN 'after_closing'
        WHEN station.id IS NULL THEN 'unknown_station'
        WHEN s.person_id IS NULL THEN 'unknown_card'
        WHEN p.id IS NULL THEN 'unknown_person'
        ELSE '' END AS code
    FROM (
      SELECT r.village_id, r.round_id, r.station_id, array_agg(ROW(r.id, r.village_id, r.round_id, NULL, r.tube,
        g.person, r.station_id, r.retest, r.device, r.at, r.corrected_at, r.by)::screening_swab) AS swabs
      FROM unnest(swab_ids, people) AS g (id, person) CROSS JOIN LATERAL (
        SELECT r.*, (r.data ->> 'round')::uuid AS round_id, (r.data ->> 'station')::uuid AS station_id,
          r.data ->> 'tube' AS tube, coalesce((r.data ->> 'retest')::boolean, false) AS retest
        FROM records_record r WHERE r.id = g.id) r
      GROUP BY r.village_id, r.round_id, r.station_id) AS n
      LEFT JOIN LATERAL (SELECT f.* FROM screening_round f
        WHERE f.id = n.round_id AND (f.village_id = n.village_id) IS TRUE OFFSET 0) f ON true
      LEFT JOIN LATERAL (SELECT station.id FROM screening_station station
        WHERE station.id = n.station_id AND (station.round_id = f.id) IS TRUE OFFSET 0) station ON true
      CROSS JOIN LATERAL unnest(n.swabs) AS s
      LEFT JOIN registry_person p ON p.id = s.person_id AND (p.village_id = s.village_id) IS TRUE) AS c;
  findings := findings || refused || late;
END $$;

-- Take in stored records of swabs and of tubes: see plain_swabs.sql.
CREATE OR REPLACE FUNCTION screening_take_in(
  swab_ids uuid[], people uuid[], told_ids uuid[], villages uuid[], alone uuid[], finish boolean, moment timestamptz)
RETURNS SETOF screening_finding LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  swabs screening_swab[];
  told screening_told[];
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
      SELECT array_agg(f) INTO more
      FROM screening_decide(screening_sum_up(swabs, told, villages), swabs, moment) AS f;
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
