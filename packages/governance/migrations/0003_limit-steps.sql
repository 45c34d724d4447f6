-- One function a step of LimitStore: each is one transaction that first locks its partition, so that steps of a partition
-- come one after the other and none waits for a lock while it has one that another step wants.
--
-- Entries are the limits that a hold counts in: {meter, of, window, amount, startMs, endMs}, where window is the kind of it
-- and endMs is null for what always counts; a limit on a single request counts nothing. Amounts are {nanoUsd, inputTokens,
-- outputTokens}.
CREATE FUNCTION drawbridge.limit_clock() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
$$;
--> statement-breakpoint
-- Locks a partition, and says what time it is there: never less than it was.
CREATE FUNCTION drawbridge.limit_enter(in_partition text, told_ms bigint) RETURNS bigint LANGUAGE sql VOLATILE AS $$
  INSERT INTO drawbridge.limit_partition AS p (partition, now_ms)
  VALUES (in_partition, coalesce(told_ms, drawbridge.limit_clock()))
  ON CONFLICT (partition) DO UPDATE SET now_ms = greatest(p.now_ms, coalesce(told_ms, drawbridge.limit_clock()))
  RETURNING now_ms
$$;
--> statement-breakpoint
-- How much of a quantity there is in amounts. Requests count once, when they begin.
CREATE FUNCTION drawbridge.limit_quantity(quantity text, requests bigint, amounts jsonb) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE quantity
    WHEN 'requests' THEN requests
    WHEN 'totalTokens' THEN (amounts ->> 'inputTokens')::bigint + (amounts ->> 'outputTokens')::bigint
    ELSE (amounts ->> quantity)::bigint
  END
$$;
--> statement-breakpoint
-- Beyond 2^53 - 1 sums stay there: over any limit, and a whole number for whoever reads it.
CREATE FUNCTION drawbridge.limit_sum(a bigint, b numeric) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT least(a + b, 9007199254740991)::bigint
$$;
--> statement-breakpoint
-- The slots of an entry's meter that count at a moment. Of a rolling window that is several, all as long as this one; of
-- the others it is this one, even when its period is over: more of a request is more of the one that it began in.
CREATE FUNCTION drawbridge.limit_counting(in_partition text, entry jsonb, at bigint)
RETURNS SETOF drawbridge.limit_slot LANGUAGE plpgsql STABLE ROWS 20 AS $$
BEGIN
  IF entry ->> 'window' = 'rolling' THEN
    RETURN QUERY SELECT s.* FROM drawbridge.limit_slot s
      WHERE s.partition = in_partition AND s.meter = entry ->> 'meter' AND s.end_ms > at
        AND s.start_ms > at - ((entry ->> 'endMs')::bigint - (entry ->> 'startMs')::bigint);
  ELSE
    RETURN QUERY SELECT s.* FROM drawbridge.limit_slot s
      WHERE s.partition = in_partition AND s.meter = entry ->> 'meter' AND s.start_ms = (entry ->> 'startMs')::bigint;
  END IF;
END
$$;
--> statement-breakpoint
-- What counts at a moment: {settled, held, slots}, the slot that began first in front; without slots that are over.
CREATE FUNCTION drawbridge.limit_meter(in_partition text, entry jsonb, at bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'settled', drawbridge.limit_sum(0, coalesce(sum(s.settled), 0)),
    'held', coalesce(sum(s.held), 0),
    'slots', coalesce(jsonb_agg(jsonb_build_object('endMs', s.end_ms, 'settled', s.settled, 'held', s.held)
      ORDER BY s.start_ms) FILTER (WHERE s.end_ms IS NULL OR s.end_ms > at), '[]'))
  FROM drawbridge.limit_counting(in_partition, entry, at) s
$$;
--> statement-breakpoint
-- Those of the entries that have no room, each with its place, what was needed and what takes the room.
-- `whole` is what the request takes with it. What takes nothing fits even where more than everything is used.
CREATE FUNCTION drawbridge.limit_lacking(in_partition text, entries jsonb, need jsonb, whole jsonb, requests bigint, at bigint)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_agg(jsonb_build_object('index', e.n - 1, 'need', q.need,
    'meter', drawbridge.limit_meter(in_partition, e.entry, at)) ORDER BY e.n)
  FROM jsonb_array_elements(entries) WITH ORDINALITY AS e (entry, n)
  CROSS JOIN LATERAL (
    SELECT drawbridge.limit_quantity(e.entry ->> 'of', requests,
      CASE e.entry ->> 'window' WHEN 'request' THEN whole ELSE need END) AS need
  ) q
  WHERE q.need > 0
    -- What has rolled away is free.
    AND NOT (e.entry ->> 'window' = 'rolling' AND (e.entry ->> 'endMs')::bigint <= at)
    AND q.need + coalesce((
      SELECT sum(s.settled + s.held) FROM drawbridge.limit_counting(in_partition, e.entry, at) s
    ), 0) > (e.entry ->> 'amount')::bigint
$$;
--> statement-breakpoint
-- Writes a hold, whether there is room or not.
CREATE FUNCTION drawbridge.limit_admit(in_partition text, in_id text, entries jsonb, need jsonb, until bigint)
RETURNS void LANGUAGE sql VOLATILE AS $$
  INSERT INTO drawbridge.limit_slot AS s (partition, meter, start_ms, end_ms, settled, held, holds)
  SELECT in_partition, e ->> 'meter', (e ->> 'startMs')::bigint, (e ->> 'endMs')::bigint, 0,
    drawbridge.limit_quantity(e ->> 'of', 1, need), 1
  FROM jsonb_array_elements(entries) e
  WHERE e ->> 'window' <> 'request'
  ON CONFLICT (partition, meter, start_ms) DO UPDATE SET held = s.held + excluded.held, holds = s.holds + 1;

  INSERT INTO drawbridge.limit_hold AS h (partition, id, state, at_ms, nano_usd, input_tokens, output_tokens, entries)
  VALUES (in_partition, in_id, 'held', until, (need ->> 'nanoUsd')::bigint, (need ->> 'inputTokens')::bigint,
    (need ->> 'outputTokens')::bigint, entries)
  ON CONFLICT (partition, id) DO UPDATE SET state = excluded.state, at_ms = excluded.at_ms, nano_usd = excluded.nano_usd,
    input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens, entries = excluded.entries;
$$;
--> statement-breakpoint
-- {partition, id, entries, need, nowMs, leaseMs, fromMs, untilMs}: the entries' slots are those of a moment from fromMs to
-- untilMs. `moved` says that the time is another one, and which.
CREATE FUNCTION drawbridge.limit_reserve(p jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  part text := p ->> 'partition';
  at bigint := drawbridge.limit_enter(part, (p ->> 'nowMs')::bigint);
  known text;
  lacking jsonb;
BEGIN
  SELECT h.state INTO known FROM drawbridge.limit_hold h
  WHERE h.partition = part AND h.id = p ->> 'id' AND NOT (h.state = 'closed' AND h.at_ms <= at - 600000);
  IF known IS NOT NULL THEN
    RETURN jsonb_build_object('outcome', CASE known WHEN 'closed' THEN 'closed' ELSE 'held' END);
  END IF;
  IF at < (p ->> 'fromMs')::bigint OR at >= (p ->> 'untilMs')::bigint THEN
    RETURN jsonb_build_object('outcome', 'moved', 'nowMs', at);
  END IF;
  lacking := drawbridge.limit_lacking(part, p -> 'entries', p -> 'need', p -> 'need', 1, at);
  IF lacking IS NOT NULL THEN
    RETURN jsonb_build_object('outcome', 'refused', 'lacking', lacking);
  END IF;
  PERFORM drawbridge.limit_admit(part, p ->> 'id', p -> 'entries', p -> 'need', at + (p ->> 'leaseMs')::bigint);
  RETURN '{"outcome": "held"}';
END
$$;
--> statement-breakpoint
-- Holds more, whether there is room or not.
CREATE FUNCTION drawbridge.limit_grow(in_partition text, in_id text, entries jsonb, more jsonb)
RETURNS void LANGUAGE sql VOLATILE AS $$
  UPDATE drawbridge.limit_slot s SET held = s.held + drawbridge.limit_quantity(e ->> 'of', 0, more)
  FROM jsonb_array_elements(entries) e
  WHERE s.partition = in_partition AND s.meter = e ->> 'meter' AND s.start_ms = (e ->> 'startMs')::bigint;

  UPDATE drawbridge.limit_hold h SET nano_usd = h.nano_usd + (more ->> 'nanoUsd')::bigint,
    input_tokens = h.input_tokens + (more ->> 'inputTokens')::bigint,
    output_tokens = h.output_tokens + (more ->> 'outputTokens')::bigint
  WHERE h.partition = in_partition AND h.id = in_id;
$$;
--> statement-breakpoint
-- {partition, id, more, nowMs}
CREATE FUNCTION drawbridge.limit_top_up(p jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  part text := p ->> 'partition';
  at bigint := drawbridge.limit_enter(part, (p ->> 'nowMs')::bigint);
  more jsonb := p -> 'more';
  hold drawbridge.limit_hold;
  lacking jsonb;
BEGIN
  SELECT h.* INTO hold FROM drawbridge.limit_hold h WHERE h.partition = part AND h.id = p ->> 'id' FOR UPDATE;
  IF hold.state IS DISTINCT FROM 'held' THEN
    RETURN '{"outcome": "lost"}';
  END IF;
  lacking := drawbridge.limit_lacking(part, hold.entries, more, jsonb_build_object(
    'nanoUsd', hold.nano_usd + (more ->> 'nanoUsd')::bigint,
    'inputTokens', hold.input_tokens + (more ->> 'inputTokens')::bigint,
    'outputTokens', hold.output_tokens + (more ->> 'outputTokens')::bigint), 0, at);
  IF lacking IS NOT NULL THEN
    RETURN jsonb_build_object('outcome', 'refused', 'lacking', lacking, 'entries', hold.entries);
  END IF;
  PERFORM drawbridge.limit_grow(part, hold.id, hold.entries, more);
  RETURN '{"outcome": "held"}';
END
$$;
--> statement-breakpoint
-- How a hold stands in a slot: what it holds there, and what is charged for it already.
CREATE FUNCTION drawbridge.limit_share(hold drawbridge.limit_hold, entry jsonb, OUT held bigint, OUT charged bigint)
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN hold.state = 'expired' OR (hold.state = 'lapsed' AND x.parallel) THEN 0 ELSE x.quantity END,
    CASE WHEN hold.state = 'expired' AND NOT x.parallel THEN x.quantity ELSE 0 END
  FROM (
    SELECT entry ->> 'window' = 'parallel' AS parallel,
      drawbridge.limit_quantity(entry ->> 'of', 1, jsonb_build_object(
        'nanoUsd', hold.nano_usd, 'inputTokens', hold.input_tokens, 'outputTokens', hold.output_tokens)) AS quantity
  ) x
$$;
--> statement-breakpoint
-- Ends a hold with what was used; `requests` is 0 for what was never sent.
CREATE FUNCTION drawbridge.limit_end(hold drawbridge.limit_hold, actual jsonb, requests bigint, at bigint)
RETURNS void LANGUAGE sql VOLATILE AS $$
  UPDATE drawbridge.limit_slot s SET
    settled = drawbridge.limit_sum(s.settled, CASE WHEN e ->> 'window' = 'parallel' THEN 0
      ELSE drawbridge.limit_quantity(e ->> 'of', requests, actual) END - share.charged),
    held = s.held - share.held,
    holds = s.holds - 1
  FROM jsonb_array_elements((hold).entries) e CROSS JOIN LATERAL drawbridge.limit_share(hold, e) share
  WHERE s.partition = (hold).partition AND s.meter = e ->> 'meter' AND s.start_ms = (e ->> 'startMs')::bigint;

  UPDATE drawbridge.limit_hold h SET state = 'closed', at_ms = at, entries = '[]'
  WHERE h.partition = (hold).partition AND h.id = (hold).id;
$$;
--> statement-breakpoint
-- {partition, id, actual, requests, nowMs}
CREATE FUNCTION drawbridge.limit_close(p jsonb) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  part text := p ->> 'partition';
  at bigint := drawbridge.limit_enter(part, (p ->> 'nowMs')::bigint);
  hold drawbridge.limit_hold;
BEGIN
  SELECT h.* INTO hold FROM drawbridge.limit_hold h WHERE h.partition = part AND h.id = p ->> 'id' FOR UPDATE;
  IF hold.id IS NULL OR (hold.state = 'closed' AND hold.at_ms <= at - 600000) THEN
    RETURN 'unknown';
  END IF;
  IF hold.state = 'closed' THEN
    RETURN 'already';
  END IF;
  PERFORM drawbridge.limit_end(hold, p -> 'actual', (p ->> 'requests')::bigint, at);
  RETURN 'done';
END
$$;
--> statement-breakpoint
-- Lets holds of a partition lapse or expire.
CREATE FUNCTION drawbridge.limit_move(in_partition text, ids text[], to_state text, at bigint)
RETURNS void LANGUAGE sql VOLATILE AS $$
  UPDATE drawbridge.limit_slot s SET held = s.held + change.held, settled = drawbridge.limit_sum(s.settled, change.settled)
  FROM (
    SELECT e ->> 'meter' AS meter, (e ->> 'startMs')::bigint AS start_ms,
      sum(later.held - earlier.held) AS held, sum(later.charged - earlier.charged) AS settled
    FROM drawbridge.limit_hold h
    CROSS JOIN LATERAL jsonb_array_elements(h.entries) e
    CROSS JOIN LATERAL drawbridge.limit_share(h, e) earlier
    CROSS JOIN LATERAL drawbridge.limit_share(
      ROW (h.partition, h.id, to_state, h.at_ms, h.nano_usd, h.input_tokens, h.output_tokens, h.entries)::drawbridge.limit_hold,
      e) later
    WHERE h.partition = in_partition AND h.id = ANY (ids)
    GROUP BY 1, 2
  ) change
  WHERE s.partition = in_partition AND s.meter = change.meter AND s.start_ms = change.start_ms;

  UPDATE drawbridge.limit_hold h SET state = to_state, at_ms = at WHERE h.partition = in_partition AND h.id = ANY (ids);
$$;
--> statement-breakpoint
-- Partitions in which a sweep has something to do.
CREATE FUNCTION drawbridge.limit_due(told_ms bigint, grace_ms bigint, most bigint) RETURNS TABLE (partition text)
LANGUAGE sql VOLATILE AS $$
  SELECT DISTINCT h.partition FROM drawbridge.limit_hold h, coalesce(told_ms, drawbridge.limit_clock()) AS at
  WHERE (h.state = 'held' AND h.at_ms <= at) OR (h.state = 'lapsed' AND h.at_ms <= at - grace_ms)
    OR (h.state = 'expired' AND h.at_ms <= at - 172800000)
  LIMIT most
$$;
--> statement-breakpoint
-- {partition, nowMs, graceMs}: what lapses and expires in a partition now. Holds that are touched at this moment are not
-- waited for.
CREATE FUNCTION drawbridge.limit_sweep(p jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  part text := p ->> 'partition';
  at bigint := drawbridge.limit_enter(part, (p ->> 'nowMs')::bigint);
  lapsed text[] := ARRAY(SELECT h.id FROM drawbridge.limit_hold h
    WHERE h.partition = part AND h.state = 'held' AND h.at_ms <= at ORDER BY h.id FOR UPDATE SKIP LOCKED);
  expired text[] := ARRAY(SELECT h.id FROM drawbridge.limit_hold h
    WHERE h.partition = part AND h.state = 'lapsed' AND h.at_ms <= at - (p ->> 'graceMs')::bigint
    ORDER BY h.id FOR UPDATE SKIP LOCKED);
BEGIN
  -- After two days nobody comes back for what has expired.
  WITH forgotten AS (
    DELETE FROM drawbridge.limit_hold h
    WHERE h.partition = part AND h.state = 'expired' AND h.at_ms <= at - 172800000 RETURNING h.entries
  ), freed AS (
    SELECT e ->> 'meter' AS meter, (e ->> 'startMs')::bigint AS start_ms, count(*) AS holds
    FROM forgotten CROSS JOIN LATERAL jsonb_array_elements(forgotten.entries) e GROUP BY 1, 2
  )
  UPDATE drawbridge.limit_slot s SET holds = s.holds - freed.holds FROM freed
  WHERE s.partition = part AND s.meter = freed.meter AND s.start_ms = freed.start_ms;
  PERFORM drawbridge.limit_move(part, lapsed, 'lapsed', at);
  PERFORM drawbridge.limit_move(part, expired, 'expired', at);
  RETURN jsonb_build_object('lapsed', to_jsonb(lapsed), 'expired', (
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', h.id, 'nanoUsd', h.nano_usd, 'inputTokens', h.input_tokens,
      'outputTokens', h.output_tokens, 'meters', (
        SELECT coalesce(jsonb_agg(e -> 'meter'), '[]') FROM jsonb_array_elements(h.entries) e))), '[]')
    FROM drawbridge.limit_hold h
    WHERE h.partition = part AND h.id = ANY (expired)));
END
$$;
--> statement-breakpoint
-- Renews leases; gives back the places of the holds that are not held any more. Rows are locked in one order.
CREATE FUNCTION drawbridge.limit_touch(p jsonb) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
  WITH told AS (
    SELECT t.n - 1 AS index, t.hold ->> 'partition' AS partition, t.hold ->> 'id' AS id
    FROM jsonb_array_elements(p -> 'holds') WITH ORDINALITY AS t (hold, n)
  ), kept AS (
    SELECT h.partition, h.id FROM drawbridge.limit_hold h
    WHERE (h.partition, h.id) IN (SELECT told.partition, told.id FROM told) AND h.state = 'held'
    ORDER BY h.partition, h.id FOR UPDATE
  ), touched AS (
    UPDATE drawbridge.limit_hold h
    SET at_ms = greatest(l.now_ms, coalesce((p ->> 'nowMs')::bigint, drawbridge.limit_clock())) + (p ->> 'leaseMs')::bigint
    FROM kept JOIN drawbridge.limit_partition l ON l.partition = kept.partition
    WHERE h.partition = kept.partition AND h.id = kept.id
    RETURNING h.partition, h.id
  )
  SELECT coalesce(jsonb_agg(told.index ORDER BY told.index), '[]') FROM told
  WHERE NOT EXISTS (SELECT FROM touched t WHERE t.partition = told.partition AND t.id = told.id)
$$;
--> statement-breakpoint
-- Forgets what nobody asks for any more, as much as takes little time.
CREATE FUNCTION drawbridge.limit_tidy(told_ms bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  at bigint := coalesce(told_ms, drawbridge.limit_clock());
BEGIN
  DELETE FROM drawbridge.limit_hold WHERE (partition, id) IN (
    SELECT h.partition, h.id FROM drawbridge.limit_hold h
    WHERE h.state = 'closed' AND h.at_ms <= at - 600000 LIMIT 5000 FOR UPDATE SKIP LOCKED);
  DELETE FROM drawbridge.limit_slot WHERE (partition, meter, start_ms) IN (
    SELECT s.partition, s.meter, s.start_ms FROM drawbridge.limit_slot s
    JOIN drawbridge.limit_partition l ON l.partition = s.partition
    WHERE s.end_ms <= at AND s.end_ms <= l.now_ms AND s.holds = 0 LIMIT 5000 FOR UPDATE OF s SKIP LOCKED);
END
$$;
--> statement-breakpoint
-- {partition, entries, nowMs, fromMs, untilMs}: the meters of the entries. Time that has passed is written down, to the
-- second, so that no period is given out twice.
CREATE FUNCTION drawbridge.limit_usage(p jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  part text := p ->> 'partition';
  at bigint := coalesce((p ->> 'nowMs')::bigint, drawbridge.limit_clock());
  known bigint := (SELECT l.now_ms FROM drawbridge.limit_partition l WHERE l.partition = part);
BEGIN
  IF known < at - 1000 THEN
    at := drawbridge.limit_enter(part, at);
  ELSE
    at := greatest(at, known);
  END IF;
  IF at < (p ->> 'fromMs')::bigint OR at >= (p ->> 'untilMs')::bigint THEN
    RETURN jsonb_build_object('outcome', 'moved', 'nowMs', at);
  END IF;
  RETURN jsonb_build_object('outcome', 'found', 'meters', (
    SELECT jsonb_agg(drawbridge.limit_meter(part, e.entry, at) ORDER BY e.n)
    FROM jsonb_array_elements(p -> 'entries') WITH ORDINALITY AS e (entry, n)));
END
$$;
--> statement-breakpoint
SELECT drawbridge.grant_app('SELECT, INSERT, UPDATE, DELETE',
  'drawbridge.limit_partition, drawbridge.limit_slot, drawbridge.limit_hold');
