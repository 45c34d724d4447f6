ALTER TABLE "drawbridge"."limit_hold" ADD COLUMN "charge" jsonb;--> statement-breakpoint
-- As before, but that what is held anew is charged in full, until its owner says otherwise.
CREATE OR REPLACE FUNCTION drawbridge.limit_admit(in_partition text, in_id text, entries jsonb, need jsonb, until bigint)
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
    input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens, entries = excluded.entries, charge = NULL;
$$;
--> statement-breakpoint
-- As before; what is charged has to be said anew.
CREATE OR REPLACE FUNCTION drawbridge.limit_grow(in_partition text, in_id text, entries jsonb, more jsonb)
RETURNS void LANGUAGE sql VOLATILE AS $$
  UPDATE drawbridge.limit_slot s SET held = s.held + drawbridge.limit_quantity(e ->> 'of', 0, more)
  FROM jsonb_array_elements(entries) e
  WHERE s.partition = in_partition AND s.meter = e ->> 'meter' AND s.start_ms = (e ->> 'startMs')::bigint;

  UPDATE drawbridge.limit_hold h SET nano_usd = h.nano_usd + (more ->> 'nanoUsd')::bigint,
    input_tokens = h.input_tokens + (more ->> 'inputTokens')::bigint,
    output_tokens = h.output_tokens + (more ->> 'outputTokens')::bigint, charge = NULL
  WHERE h.partition = in_partition AND h.id = in_id;
$$;
--> statement-breakpoint
-- A hold in another state: expired, it has what it is charged with.
CREATE FUNCTION drawbridge.limit_moved(hold drawbridge.limit_hold, to_state text, at bigint) RETURNS drawbridge.limit_hold
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF to_state = 'expired' THEN
    hold.nano_usd := least(hold.nano_usd, (hold.charge ->> 'nanoUsd')::bigint);
    hold.input_tokens := least(hold.input_tokens, (hold.charge ->> 'inputTokens')::bigint);
    hold.output_tokens := least(hold.output_tokens, (hold.charge ->> 'outputTokens')::bigint);
  END IF;
  hold.state := to_state;
  hold.at_ms := at;
  RETURN hold;
END
$$;
--> statement-breakpoint
-- As before, but that holds expire with what they are charged with.
CREATE OR REPLACE FUNCTION drawbridge.limit_move(in_partition text, ids text[], to_state text, at bigint)
RETURNS void LANGUAGE sql VOLATILE AS $$
  UPDATE drawbridge.limit_slot s SET held = s.held + change.held, settled = drawbridge.limit_sum(s.settled, change.settled)
  FROM (
    SELECT e ->> 'meter' AS meter, (e ->> 'startMs')::bigint AS start_ms,
      sum(later.held - earlier.held) AS held, sum(later.charged - earlier.charged) AS settled
    FROM drawbridge.limit_hold h
    CROSS JOIN LATERAL jsonb_array_elements(h.entries) e
    CROSS JOIN LATERAL drawbridge.limit_share(h, e) earlier
    CROSS JOIN LATERAL drawbridge.limit_share(drawbridge.limit_moved(h, to_state, at), e) later
    WHERE h.partition = in_partition AND h.id = ANY (ids)
    GROUP BY 1, 2
  ) change
  WHERE s.partition = in_partition AND s.meter = change.meter AND s.start_ms = change.start_ms;

  UPDATE drawbridge.limit_hold h SET state = moved.state, at_ms = moved.at_ms, nano_usd = moved.nano_usd,
    input_tokens = moved.input_tokens, output_tokens = moved.output_tokens
  FROM drawbridge.limit_hold k CROSS JOIN LATERAL drawbridge.limit_moved(k, to_state, at) moved
  WHERE k.partition = in_partition AND k.id = ANY (ids) AND h.partition = k.partition AND h.id = k.id;
$$;
--> statement-breakpoint
-- As before, and notes what each hold is charged with should this have been the last time.
CREATE OR REPLACE FUNCTION drawbridge.limit_touch(p jsonb) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
  WITH told AS (
    SELECT t.n - 1 AS index, t.hold ->> 'partition' AS partition, t.hold ->> 'id' AS id, t.hold -> 'charge' AS charge
    FROM jsonb_array_elements(p -> 'holds') WITH ORDINALITY AS t (hold, n)
  ), kept AS (
    SELECT h.partition, h.id FROM drawbridge.limit_hold h
    WHERE (h.partition, h.id) IN (SELECT told.partition, told.id FROM told) AND h.state = 'held'
    ORDER BY h.partition, h.id FOR UPDATE
  ), touched AS (
    UPDATE drawbridge.limit_hold h
    SET at_ms = greatest(l.now_ms, coalesce((p ->> 'nowMs')::bigint, drawbridge.limit_clock())) + (p ->> 'leaseMs')::bigint,
      charge = told.charge
    FROM kept JOIN drawbridge.limit_partition l ON l.partition = kept.partition
      JOIN told ON told.partition = kept.partition AND told.id = kept.id
    WHERE h.partition = kept.partition AND h.id = kept.id
    RETURNING h.partition, h.id
  )
  SELECT coalesce(jsonb_agg(told.index ORDER BY told.index), '[]') FROM told
  WHERE NOT EXISTS (SELECT FROM touched t WHERE t.partition = told.partition AND t.id = told.id)
$$;
