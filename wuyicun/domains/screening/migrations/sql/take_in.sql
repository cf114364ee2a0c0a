-- How records of swabs and tubes are taken in: one call for all that have just been stored (screening/taking.py), since
-- each statement of its own would cost a journey and a turn at the interpreter's lock. Numbers of `fit` as in
-- screening/rules.py (Fit): 0 counts, 1 no tube, 2 foreign device, 3 over the pool, 4 tube ended, 5 taken back.
--
-- Locks, in the same order for every writer: the turns in the villages, tubes by (village, round, code), entries, leaf
-- counts by id, the villages' change tokens. A lock is taken before what it guards is read, each statement reading anew.
-- Given rows are joined to tables only, never to each other's results: those joins would be loops.

CREATE TYPE screening_swab AS (
  id uuid, village_id uuid, round_id uuid, roll_id uuid, tube text, person_id uuid, station_id uuid, retest boolean,
  device uuid, at timestamptz, corrected_at timestamptz, by uuid);

-- What a record says of one of its tubes.
CREATE TYPE screening_told AS (
  record_id uuid, village_id uuid, round_id uuid, tube text, kind text, device uuid, at timestamptz,
  corrected_at timestamptz, by uuid, data jsonb);

-- A tube to be decided again; told: more than a swab came for it.
CREATE TYPE screening_touched AS (village_id uuid, round_id uuid, code text, told boolean);

-- What came of it. what: 'refused' (a record, with the code that says why), 'changed' (a swab that does not simply settle
-- its person's entry: it cannot count, is a re-test, or was decided anew), 'left' (an entry that is not plainly owed),
-- 'answered' (a tube with a result), 'late' (a closed round that records came for).
CREATE TYPE screening_finding AS (
  what text, id uuid, village_id uuid, round_id uuid, roll_id uuid, person_id uuid, retest boolean, fit smallint,
  code text);

-- Derive tubes again from what was told of them. A tube's owner is the device of its lowest opening record; every other
-- fact is the lowest or latest of its kind that was not taken back. Contradictory results leave it disputed.
CREATE FUNCTION screening_derive(tubes screening_touched[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  WITH told AS (
    SELECT t.id, f.pool_size,
      (array_agg(r ORDER BY r.at, r.record_id) FILTER (WHERE r.kind = 'tube.open'))[1] AS opened,
      (array_agg(r ORDER BY r.at DESC, r.record_id DESC) FILTER (WHERE r.kind = 'tube.close'))[1] AS closed,
      (array_agg(r ORDER BY r.at DESC, r.record_id DESC) FILTER (WHERE r.kind = 'tube.end'))[1] AS ended,
      (array_agg(r ORDER BY r.at, r.record_id) FILTER (WHERE r.kind = 'tube.handover'))[1] AS handed,
      (array_agg(r ORDER BY r.at, r.record_id) FILTER (WHERE r.kind = 'tube.receipt'))[1] AS received,
      min(r.corrected_at) FILTER (WHERE r.kind = 'tube.result') AS result_at,
      array_agg(DISTINCT r.data ->> 'result') FILTER (WHERE r.kind = 'tube.result') AS results
    FROM unnest(tubes) AS g JOIN screening_tube t USING (village_id, round_id, code)
      JOIN screening_round f ON f.village_id = g.village_id AND f.id = g.round_id
      LEFT JOIN screening_tuberecord r
        ON r.village_id = g.village_id AND r.round_id = g.round_id AND r.tube = g.code AND NOT r.voided
    WHERE g.told
    GROUP BY t.id, f.pool_size),
  facts AS (
    SELECT *, CASE WHEN results IS NULL THEN '' WHEN cardinality(results) = 1 THEN results[1] ELSE 'disputed' END
      AS result FROM told)
  UPDATE screening_tube t SET
    device = (f.opened).device, opened_at = (f.opened).at, station_id = ((f.opened).data ->> 'station')::uuid,
    pool = least(coalesce(((f.opened).data ->> 'pool')::int, 0), f.pool_size),
    closed_at = (f.closed).corrected_at, closed_count = ((f.closed).data ->> 'count')::int,
    short_reason = coalesce((f.closed).data ->> 'reason', ''),
    handed_at = (f.handed).corrected_at, handed_by = coalesce((f.handed).data ->> 'giver', ''),
    carried_by = coalesce((f.handed).data ->> 'receiver', ''), received_at = (f.received).corrected_at,
    result = f.result, result_at = f.result_at,
    state = CASE WHEN (f.ended).id IS NOT NULL THEN (f.ended).data ->> 'state'
      WHEN f.result IN ('negative', 'positive') THEN 'done' WHEN (f.received).id IS NOT NULL THEN 'received'
      WHEN (f.handed).id IS NOT NULL THEN 'handed' WHEN (f.closed).id IS NOT NULL THEN 'closed'
      WHEN (f.opened).id IS NOT NULL THEN 'open' ELSE 'expected' END
  FROM facts f WHERE t.id = f.id;
END $$;

-- Rank the swabs of tubes, store the new ones with what they are fit for, and return those that changed. Swabs from the
-- owner rank by (at, id), duplicates taking their places, those taken back not; a void may have come before its swab.
CREATE FUNCTION screening_rank(tubes screening_touched[], swabs screening_swab[]) RETURNS SETOF screening_finding
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
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
      LEFT JOIN LATERAL (SELECT v.id FROM screening_void v
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
  FROM ranked d JOIN screening_round r ON r.village_id = d.village_id AND r.id = d.round_id
  WHERE d.retest OR CASE WHEN d.old_fit IS NULL THEN d.fit <> 0 ELSE (d.fit = 0) <> (d.old_fit = 0) END;
END $$;

-- Decide tubes, their swabs, and whose entries they settle; store the swabs that have just come in.
CREATE FUNCTION screening_decide(tubes screening_touched[], swabs screening_swab[], moment timestamptz)
RETURNS SETOF screening_finding LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
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

-- Take in stored records of swabs (each with its person, NULL for an unknown card) and of tubes; finish: nothing else will
-- be done in these villages, so that they are touched here unless a finding asks for more.
CREATE FUNCTION screening_take_in(
  swab_ids uuid[], people uuid[], told_ids uuid[], villages uuid[], alone uuid[], finish boolean,
  moment timestamptz)
RETURNS SETOF screening_finding LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  swabs screening_swab[];
  told screening_told[];
  tubes screening_touched[];
  refused screening_finding[];
  more screening_finding[];
  answered uuid[];
  late boolean := false;
BEGIN
  SELECT array_agg(ROW(r.id, r.village_id, (r.data ->> 'round')::uuid, NULL, r.data ->> 'tube', g.person,
    (r.data ->> 'station')::uuid, coalesce((r.data ->> 'retest')::boolean, false), r.device, r.at, r.corrected_at,
    r.by)::screening_swab)
  INTO swabs FROM unnest(swab_ids, people) AS g (id, person) JOIN records_record r ON r.id = g.id;
  SELECT array_agg(ROW(r.id, r.village_id, (r.data ->> 'round')::uuid, named.code, r.kind, r.device, r.at,
    r.corrected_at, r.by, r.data)::screening_told)
  INTO told FROM unnest(told_ids) AS g (id) JOIN records_record r ON r.id = g.id
    CROSS JOIN LATERAL jsonb_array_elements_text(
      CASE WHEN r.data ? 'tubes' THEN r.data -> 'tubes' ELSE jsonb_build_array(r.data -> 'tube') END) AS named (code);

  -- Alone goes who brings results, or a swab for a tube that has one.
  SELECT array_agg(DISTINCT t.village_id) INTO answered
  FROM (SELECT DISTINCT village_id, round_id, tube FROM unnest(swabs)
      UNION SELECT village_id, round_id, tube FROM unnest(told)) AS n
    JOIN screening_tube t ON t.village_id = n.village_id AND t.round_id = n.round_id AND t.code = n.tube
  WHERE t.result <> '';
  PERFORM records_take_turns(villages, alone || answered
    || ARRAY(SELECT DISTINCT n.village_id FROM unnest(told) AS n WHERE n.kind = 'tube.result'));

  SELECT array_agg(ROW(c.id, c.village_id, c.round_id, c.roll_id, c.tube, c.person_id, c.station_id, c.retest, c.device,
      c.at, c.corrected_at, c.by)::screening_swab) FILTER (WHERE c.code = ''),
    array_agg(ROW('refused', c.id, NULL, NULL, NULL, NULL, NULL, NULL, c.code)::screening_finding)
      FILTER (WHERE c.code <> ''),
    array_agg(DISTINCT ROW('late', NULL, c.village_id, c.round_id, NULL, NULL, NULL, NULL, '')::screening_finding)
      FILTER (WHERE c.code = '' AND c.closed_at IS NOT NULL)
  INTO swabs, refused, more
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
    FROM unnest(swabs) AS s
      LEFT JOIN screening_round f ON f.village_id = s.village_id AND f.id = s.round_id
      LEFT JOIN screening_station station ON station.id = s.station_id AND station.village_id = s.village_id
        AND station.round_id = s.round_id
      LEFT JOIN registry_person p ON p.village_id = s.village_id AND p.id = s.person_id) AS c;
  RETURN QUERY SELECT * FROM unnest(refused || more);
  late := more IS NOT NULL;

  IF told IS NOT NULL THEN
    -- After the closing may follow what re-tests need, and the laboratory's answers.
    SELECT array_agg(ROW(c.record_id, c.village_id, c.round_id, c.tube, c.kind, c.device, c.at, c.corrected_at, c.by,
        c.data)::screening_told) FILTER (WHERE c.code = ''),
      array_agg(DISTINCT ROW('refused', c.record_id, NULL, NULL, NULL, NULL, NULL, NULL, c.code)::screening_finding)
        FILTER (WHERE c.code <> ''),
      array_agg(DISTINCT ROW('late', NULL, c.village_id, c.round_id, NULL, NULL, NULL, NULL, '')::screening_finding)
        FILTER (WHERE c.code = '' AND c.closed_at IS NOT NULL)
    INTO told, refused, more
    FROM (
      SELECT n.*, f.closed_at, CASE
          WHEN f.id IS NULL THEN 'unknown_round'
          WHEN f.state = 'cancelled' THEN 'round_cancelled'
          WHEN n.corrected_at > f.closed_at
            AND (n.kind = 'tube.end' OR n.kind = 'tube.open' AND n.data -> 'pool' <> '1') THEN 'after_closing'
          WHEN n.kind = 'tube.open' AND station.id IS NULL THEN 'unknown_station'
          ELSE '' END AS code
      FROM unnest(told) AS n
        LEFT JOIN screening_round f ON f.village_id = n.village_id AND f.id = n.round_id
        LEFT JOIN screening_station station ON station.id = (n.data ->> 'station')::uuid
          AND station.village_id = n.village_id AND station.round_id = n.round_id) AS c;
    RETURN QUERY SELECT * FROM unnest(refused || more);
    late := late OR more IS NOT NULL;
    INSERT INTO screening_tuberecord
      (id, village_id, record_id, round_id, tube, kind, device, at, corrected_at, by, data, voided)
    SELECT gen_random_uuid(), n.village_id, n.record_id, n.round_id, n.tube, n.kind, n.device, n.at, n.corrected_at, n.by, n.data,
      EXISTS (SELECT 1 FROM screening_void v WHERE v.village_id = n.village_id AND v.record_id = n.record_id)
    FROM unnest(told) AS n ON CONFLICT (village_id, record_id, tube) DO NOTHING;
  END IF;

  SELECT array_agg(t::screening_touched) INTO tubes FROM (
    SELECT n.village_id, n.round_id, n.tube, bool_or(n.told) FROM (
      SELECT village_id, round_id, tube, false AS told FROM unnest(swabs)
      UNION ALL SELECT village_id, round_id, tube, true FROM unnest(told)) AS n
    GROUP BY n.village_id, n.round_id, n.tube) AS t;
  SELECT array_agg(f) INTO more FROM screening_decide(tubes, swabs, moment) AS f;
  IF more IS NOT NULL THEN
    RETURN QUERY SELECT * FROM unnest(more);
  ELSIF finish AND NOT late THEN
    PERFORM rolls_touch(villages, moment);
  END IF;
END $$;
