-- How records of swabs and tubes are taken in: one call for all that have just been stored (screening/taking.py), since
-- each statement of its own would cost a journey and a turn at the interpreter's lock. Numbers of `fit` as in
-- screening/rules.py (Fit): 0 counts, 1 no tube, 2 foreign device, 3 over the pool, 4 tube ended, 5 taken back.
--
-- Locks, in the same order for every writer: the turns in the villages, tubes by (village, round, code), entries, leaf
-- counts by id, the villages' change tokens. A lock is taken before what it guards is read; each statement reads anew.
-- Given rows are joined to tables only, never to each other's results: those joins would be loops. `IS TRUE` and
-- OFFSET 0 keep a lookup on the primary key: by village it would walk through all that the village has.

CREATE TYPE screening_swab AS (
  id uuid, village_id uuid, round_id uuid, roll_id uuid, tube text, person_id uuid, station_id uuid, retest boolean,
  device uuid, at timestamptz, corrected_at timestamptz, by uuid);

-- What a record says of one of its tubes.
CREATE TYPE screening_told AS (
  record_id uuid, village_id uuid, round_id uuid, tube text, kind text, device uuid, at timestamptz,
  corrected_at timestamptz, by uuid, data jsonb);

-- A tube to be decided again; told: more than a swab came for it.
CREATE TYPE screening_touched AS (village_id uuid, round_id uuid, code text, told boolean);

-- What came of it. what: 'refused' (a record, with the code that says why), 'changed' (a swab that does not simply
-- settle its person's entry: it cannot count, is a re-test, or was decided anew), 'left' (an entry that is not plainly
-- owed), 'answered' (a tube with a result), 'late' (a closed round that records came for).
CREATE TYPE screening_finding AS (
  what text, id uuid, village_id uuid, round_id uuid, roll_id uuid, person_id uuid, retest boolean, fit smallint,
  code text);

-- Derive tubes again from what was told of them. A tube's owner is the device of its lowest opening record; every other
-- fact is the lowest or latest of its kind that was not taken back. Contradictory results leave it disputed.
CREATE FUNCTION screening_derive(tubes screening_touched[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  UPDATE screening_tube t SET
    device = f.device, opened_at = f.opened_at, station_id = f.station_id, pool = f.pool, closed_at = f.closed_at,
    closed_count = f.closed_count, short_reason = f.short_reason, handed_at = f.handed_at, handed_by = f.handed_by,
    carried_by = f.carried_by, received_at = f.received_at, result = f.result, result_at = f.result_at, state = f.state
  FROM (
    SELECT t.id, opened.device, opened.at AS opened_at, (opened.data ->> 'station')::uuid AS station_id,
      least(coalesce((opened.data ->> 'pool')::int, 0), round.pool_size) AS pool, closed.corrected_at AS closed_at,
      (closed.data ->> 'count')::int AS closed_count, coalesce(closed.data ->> 'reason', '') AS short_reason,
      handed.corrected_at AS handed_at, coalesce(handed.data ->> 'giver', '') AS handed_by,
      coalesce(handed.data ->> 'receiver', '') AS carried_by, received.corrected_at AS received_at,
      coalesce(answer.result, '') AS result, answer.at AS result_at,
      CASE WHEN ended.id IS NOT NULL THEN ended.data ->> 'state'
        WHEN answer.result IN ('negative', 'positive') THEN 'done'
        WHEN received.id IS NOT NULL THEN 'received' WHEN handed.id IS NOT NULL THEN 'handed'
        WHEN closed.id IS NOT NULL THEN 'closed' WHEN opened.id IS NOT NULL THEN 'open' ELSE 'expected' END AS state
    FROM unnest(tubes) AS g JOIN screening_tube t USING (village_id, round_id, code)
    JOIN LATERAL (SELECT round.pool_size FROM screening_round round
      WHERE round.id = g.round_id AND (round.village_id = g.village_id) IS TRUE OFFSET 0) round ON true
    LEFT JOIN LATERAL (SELECT r.* FROM screening_tuberecord r
      WHERE r.village_id = g.village_id AND r.round_id = g.round_id AND r.tube = g.code AND r.kind = 'tube.open'
        AND NOT r.voided ORDER BY r.at, r.record_id LIMIT 1) opened ON true
    LEFT JOIN LATERAL (SELECT r.* FROM screening_tuberecord r
      WHERE r.village_id = g.village_id AND r.round_id = g.round_id AND r.tube = g.code AND r.kind = 'tube.close'
        AND NOT r.voided ORDER BY r.at DESC, r.record_id DESC LIMIT 1) closed ON true
    LEFT JOIN LATERAL (SELECT r.* FROM screening_tuberecord r
      WHERE r.village_id = g.village_id AND r.round_id = g.round_id AND r.tube = g.code AND r.kind = 'tube.end'
        AND NOT r.voided ORDER BY r.at DESC, r.record_id DESC LIMIT 1) ended ON true
    LEFT JOIN LATERAL (SELECT r.* FROM screening_tuberecord r
      WHERE r.village_id = g.village_id AND r.round_id = g.round_id AND r.tube = g.code AND r.kind = 'tube.handover'
        AND NOT r.voided ORDER BY r.at, r.record_id LIMIT 1) handed ON true
    LEFT JOIN LATERAL (SELECT r.* FROM screening_tuberecord r
      WHERE r.village_id = g.village_id AND r.round_id = g.round_id AND r.tube = g.code AND r.kind = 'tube.receipt'
        AND NOT r.voided ORDER BY r.at, r.record_id LIMIT 1) received ON true
    LEFT JOIN LATERAL (SELECT min(r.corrected_at) AS at,
        CASE WHEN min(r.data ->> 'result') = max(r.data ->> 'result') THEN min(r.data ->> 'result') ELSE 'disputed' END
          AS result
      FROM screening_tuberecord r
      WHERE r.village_id = g.village_id AND r.round_id = g.round_id AND r.tube = g.code AND r.kind = 'tube.result'
        AND NOT r.voided HAVING count(*) > 0) answer ON true
    WHERE g.told) AS f
  WHERE t.id = f.id;
END $$;

-- Rank the swabs of tubes, store the new ones with what they are fit for, and return those that changed. Swabs from the
-- owner rank by (at, id), duplicates taking their places, those taken back not; a void may have come before its swab.
CREATE FUNCTION screening_rank(tubes screening_touched[], swabs screening_swab[]) RETURNS SETOF screening_finding
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  RETURN QUERY
  WITH swab AS (
    SELECT s.id, t.village_id, t.round_id, t.code AS tube, s.person_id, s.station_id, s.retest, s.device, s.at,
      s.corrected_at, s.by, s.voided, s.fit AS old_fit, t.id AS tube_id, t.pool, t.state, t.device AS owner
    FROM unnest(tubes) AS r JOIN screening_tube t USING (village_id, round_id, code)
      JOIN screening_sample s ON s.village_id = t.village_id AND s.round_id = t.round_id AND s.tube = t.code
    UNION ALL
    SELECT r.id, t.village_id, t.round_id, t.code, r.person_id, r.station_id, r.retest, r.device, r.at, r.corrected_at,
      r.by, v.id IS NOT NULL, NULL, t.id, t.pool, t.state, t.device
    FROM unnest(swabs) AS r
      JOIN screening_tube t ON t.village_id = r.village_id AND t.round_id = r.round_id AND t.code = r.tube
      LEFT JOIN LATERAL (SELECT v.id FROM records_void v
        WHERE v.village_id = r.village_id AND v.record_id = r.id LIMIT 1) v ON true),
  ranked AS (
    SELECT *, (CASE
      WHEN voided THEN 5
      WHEN owner IS NULL THEN 1
      WHEN owner <> device THEN 2
      WHEN row_number() OVER (PARTITION BY tube_id, voided, owner = device ORDER BY at, id) > pool THEN 3
      WHEN state IN ('void', 'lost') THEN 4
      ELSE 0 END)::smallint AS fit
    FROM swab),
  added AS (
    INSERT INTO screening_sample (id, village_id, round_id, tube, person_id, station_id, retest, device, at,
      corrected_at, by, voided, fit)
    SELECT id, village_id, round_id, tube, person_id, station_id, retest, device, at, corrected_at, by, voided, fit
    FROM ranked WHERE old_fit IS NULL),
  moved AS (
    UPDATE screening_sample s SET fit = r.fit FROM ranked r WHERE r.fit <> r.old_fit AND s.id = r.id),
  tally AS (
    SELECT tube_id, count(*) FILTER (WHERE owner = device AND NOT voided) AS swabs,
      min(corrected_at) FILTER (WHERE owner = device AND NOT voided) AS first_swab_at
    FROM ranked GROUP BY tube_id),
  tallied AS (
    UPDATE screening_tube t SET swabs = y.swabs, first_swab_at = y.first_swab_at FROM tally y
    WHERE t.id = y.tube_id AND (t.swabs, t.first_swab_at) IS DISTINCT FROM (y.swabs, y.first_swab_at))
  SELECT 'changed', d.id, d.village_id, d.round_id, r.roll_id, d.person_id, d.retest, d.fit, ''
  FROM ranked d JOIN LATERAL (SELECT r.roll_id FROM screening_round r
    WHERE r.id = d.round_id AND (r.village_id = d.village_id) IS TRUE OFFSET 0) r ON true
  WHERE d.retest OR CASE WHEN d.old_fit IS NULL THEN d.fit <> 0 ELSE (d.fit = 0) <> (d.old_fit = 0) END;
END $$;

-- Decide tubes, their swabs, and whose entries they settle; store the swabs that have just come in.
CREATE FUNCTION screening_decide(tubes screening_touched[], swabs screening_swab[], moment timestamptz)
RETURNS SETOF screening_finding LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  locked integer;
  answered screening_finding[];
  changed screening_finding[];
  settlements rolls_settlement[];
BEGIN
  FOR attempt IN 1 .. 2 LOOP
    SELECT count(*), array_agg(
        ROW('answered', NULL, l.village_id, l.round_id, NULL, NULL, NULL, NULL, l.code)::screening_finding
      ) FILTER (WHERE l.result <> '')
    INTO locked, answered
    FROM (SELECT t.village_id, t.round_id, t.code, t.result
      FROM unnest(tubes) AS g JOIN screening_tube t USING (village_id, round_id, code)
      ORDER BY t.village_id, t.round_id, t.code FOR UPDATE OF t) AS l;
    EXIT WHEN locked = coalesce(cardinality(tubes), 0);
    INSERT INTO screening_tube
      (id, village_id, round_id, code, state, pool, swabs, short_reason, handed_by, carried_by, result)
    SELECT gen_random_uuid(), g.village_id, g.round_id, g.code, 'expected', 0, 0, '', '', '', ''
    FROM unnest(tubes) AS g ORDER BY g.village_id, g.round_id, g.code
    ON CONFLICT (village_id, round_id, code) DO NOTHING;
  END LOOP;

  IF EXISTS (SELECT 1 FROM unnest(tubes) AS g WHERE g.told) THEN
    PERFORM screening_derive(tubes);
    SELECT answered || array_agg(
        ROW('answered', NULL, t.village_id, t.round_id, NULL, NULL, NULL, NULL, t.code)::screening_finding)
    INTO answered
    FROM unnest(tubes) AS g JOIN screening_tube t USING (village_id, round_id, code) WHERE g.told AND t.result <> '';
  END IF;
  RETURN QUERY SELECT DISTINCT * FROM unnest(answered);

  SELECT array_agg(f) INTO changed FROM screening_rank(tubes, swabs) AS f;
  IF changed IS NULL THEN
    SELECT array_agg(ROW(s.village_id, s.roll_id, s.person_id, s.id)::rolls_settlement) INTO settlements
    FROM (SELECT DISTINCT ON (roll_id, person_id) village_id, roll_id, person_id, id FROM unnest(swabs)
      ORDER BY roll_id, person_id, at, id) AS s;
  ELSE
    RETURN QUERY SELECT * FROM unnest(changed);
    SELECT array_agg(s::rolls_settlement) INTO settlements FROM (
      SELECT DISTINCT ON (roll_id, person_id) village_id, roll_id, person_id, id FROM unnest(swabs)
      WHERE (roll_id, person_id) NOT IN (SELECT c.roll_id, c.person_id FROM unnest(changed) AS c)
      ORDER BY roll_id, person_id, at, id) AS s;
    SELECT settlements || array_agg(DISTINCT ROW(c.village_id, c.roll_id, c.person_id, NULL)::rolls_settlement)
    INTO settlements FROM unnest(changed) AS c;
  END IF;
  RETURN QUERY SELECT 'left', NULL::uuid, l.village_id, f.id, l.roll_id, l.subject_id, NULL::boolean, NULL::smallint, ''
  FROM rolls_settle_owed(settlements, moment) AS l
    JOIN screening_round f ON f.village_id = l.village_id AND f.roll_id = l.roll_id;
END $$;

-- Check stored records of swabs, each with its person (NULL for a card that nobody has): those that can be taken in.
CREATE FUNCTION screening_check_swabs(
  swab_ids uuid[], people uuid[], INOUT findings screening_finding[], OUT swabs screening_swab[])
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  refused screening_finding[];
  late screening_finding[];
BEGIN
  SELECT array_agg(ROW(c.id, c.village_id, c.round_id, c.roll_id, c.tube, c.person, c.station_id, c.retest, c.device,
      c.at, c.corrected_at, c.by)::screening_swab) FILTER (WHERE c.code = ''),
    array_agg(ROW('refused', c.id, NULL, NULL, NULL, NULL, NULL, NULL, c.code)::screening_finding)
      FILTER (WHERE c.code <> ''),
    array_agg(DISTINCT ROW('late', NULL, c.village_id, c.round_id, NULL, NULL, NULL, NULL, '')::screening_finding)
      FILTER (WHERE c.code = '' AND c.closed_at IS NOT NULL)
  INTO swabs, refused, late
  FROM (
    SELECT r.id, r.village_id, f.id AS round_id, f.roll_id, r.data ->> 'tube' AS tube, g.person,
      station.id AS station_id, r.retest, r.device, r.at, r.corrected_at, r.by, f.closed_at, CASE
        WHEN f.id IS NULL THEN 'unknown_round'
        WHEN f.state = 'cancelled' THEN 'round_cancelled'
        WHEN r.corrected_at > f.closed_at AND NOT r.retest THEN 'after_closing'
        WHEN station.id IS NULL THEN 'unknown_station'
        WHEN g.person IS NULL THEN 'unknown_card'
        WHEN p.id IS NULL THEN 'unknown_person'
        ELSE '' END AS code
    FROM unnest(swab_ids, people) AS g (id, person)
      CROSS JOIN LATERAL (
        SELECT r.*, coalesce((r.data ->> 'retest')::boolean, false) AS retest FROM records_record r WHERE r.id = g.id) r
      LEFT JOIN LATERAL (SELECT f.* FROM screening_round f
        WHERE f.id = (r.data ->> 'round')::uuid AND (f.village_id = r.village_id) IS TRUE OFFSET 0) f ON true
      LEFT JOIN LATERAL (SELECT station.id FROM screening_station station
        WHERE station.id = (r.data ->> 'station')::uuid AND (station.round_id = f.id) IS TRUE OFFSET 0) station ON true
      LEFT JOIN registry_person p ON p.id = g.person AND (p.village_id = r.village_id) IS TRUE) AS c;
  findings := findings || refused || late;
END $$;

-- Check stored records that tell of tubes, and keep what those say that can be taken in. After the closing may follow
-- what re-tests need, and the laboratory's answers.
CREATE FUNCTION screening_check_told(told_ids uuid[], INOUT findings screening_finding[], OUT told screening_told[])
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  refused screening_finding[];
  late screening_finding[];
BEGIN
  SELECT array_agg(ROW(c.id, c.village_id, c.round_id, c.tube, c.kind, c.device, c.at, c.corrected_at, c.by, c.data
      )::screening_told) FILTER (WHERE c.code = ''),
    array_agg(DISTINCT ROW('refused', c.id, NULL, NULL, NULL, NULL, NULL, NULL, c.code)::screening_finding)
      FILTER (WHERE c.code <> ''),
    array_agg(DISTINCT ROW('late', NULL, c.village_id, c.round_id, NULL, NULL, NULL, NULL, '')::screening_finding)
      FILTER (WHERE c.code = '' AND c.closed_at IS NOT NULL)
  INTO told, refused, late
  FROM (
    SELECT r.*, f.id AS round_id, named.tube, f.closed_at, CASE
        WHEN f.id IS NULL THEN 'unknown_round'
        WHEN f.state = 'cancelled' THEN 'round_cancelled'
        WHEN r.corrected_at > f.closed_at
          AND (r.kind = 'tube.end' OR r.kind = 'tube.open' AND r.data -> 'pool' <> '1') THEN 'after_closing'
        WHEN r.kind = 'tube.open' AND station.id IS NULL THEN 'unknown_station'
        ELSE '' END AS code
    FROM unnest(told_ids) AS g (id) JOIN records_record r ON r.id = g.id
      CROSS JOIN LATERAL jsonb_array_elements_text(
        CASE WHEN r.data ? 'tubes' THEN r.data -> 'tubes' ELSE jsonb_build_array(r.data -> 'tube') END) AS named (tube)
      LEFT JOIN LATERAL (SELECT f.* FROM screening_round f
        WHERE f.id = (r.data ->> 'round')::uuid AND (f.village_id = r.village_id) IS TRUE OFFSET 0) f ON true
      LEFT JOIN LATERAL (SELECT station.id FROM screening_station station
        WHERE station.id = (r.data ->> 'station')::uuid AND (station.round_id = f.id) IS TRUE OFFSET 0) station ON true
    ) AS c;
  findings := findings || refused || late;
  INSERT INTO screening_tuberecord
    (id, village_id, record_id, round_id, tube, kind, device, at, corrected_at, by, data, voided)
  SELECT gen_random_uuid(), n.village_id, n.record_id, n.round_id, n.tube, n.kind, n.device, n.at, n.corrected_at, n.by,
    n.data, EXISTS (SELECT 1 FROM records_void v WHERE v.village_id = n.village_id AND v.record_id = n.record_id)
  FROM unnest(told) AS n ON CONFLICT (village_id, record_id, tube) DO NOTHING;
END $$;

-- Take in stored records of swabs and of tubes. In the villages named by `alone` we go alone, and so we do where a tube
-- has a result already: that shows only once the tubes are locked, hence the second attempt. finish: nothing else will
-- be done in these villages, so that they are touched here unless a finding asks for more.
CREATE FUNCTION screening_take_in(
  swab_ids uuid[], people uuid[], told_ids uuid[], villages uuid[], alone uuid[], finish boolean, moment timestamptz)
RETURNS SETOF screening_finding LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  swabs screening_swab[];
  told screening_told[];
  tubes screening_touched[];
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
      SELECT array_agg(t::screening_touched) INTO tubes FROM (
        SELECT n.village_id, n.round_id, n.tube, bool_or(n.told) FROM (
          SELECT village_id, round_id, tube, false AS told FROM unnest(swabs)
          UNION ALL SELECT village_id, round_id, tube, true FROM unnest(told)) AS n
        GROUP BY n.village_id, n.round_id, n.tube) AS t;
      SELECT array_agg(f) INTO more FROM screening_decide(tubes, swabs, moment) AS f;
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
