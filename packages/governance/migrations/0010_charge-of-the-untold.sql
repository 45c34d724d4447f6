-- As before, but says at once what it is charged with if it expires; null for all that it holds.
DROP FUNCTION drawbridge.limit_admit(text, text, jsonb, jsonb, bigint);--> statement-breakpoint
CREATE FUNCTION drawbridge.limit_admit(
  in_partition text, in_id text, entries jsonb, need jsonb, in_charge jsonb, until bigint
) RETURNS void LANGUAGE sql VOLATILE AS $$
  INSERT INTO drawbridge.limit_slot AS s (partition, meter, start_ms, end_ms, settled, held, holds)
  SELECT in_partition, e ->> 'meter', (e ->> 'startMs')::bigint, (e ->> 'endMs')::bigint, 0,
    drawbridge.limit_quantity(e ->> 'of', 1, need), 1
  FROM jsonb_array_elements(entries) e
  WHERE e ->> 'window' <> 'request'
  ON CONFLICT (partition, meter, start_ms) DO UPDATE SET held = s.held + excluded.held, holds = s.holds + 1;

  INSERT INTO drawbridge.limit_hold AS h
    (partition, id, state, at_ms, nano_usd, input_tokens, output_tokens, entries, charge)
  VALUES (in_partition, in_id, 'held', until, (need ->> 'nanoUsd')::bigint, (need ->> 'inputTokens')::bigint,
    (need ->> 'outputTokens')::bigint, entries, in_charge)
  ON CONFLICT (partition, id) DO UPDATE SET state = excluded.state, at_ms = excluded.at_ms, nano_usd = excluded.nano_usd,
    input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens, entries = excluded.entries,
    charge = excluded.charge;
$$;
--> statement-breakpoint
-- {partition, id, entries, need, charge, leaseMs, fromMs, untilMs, nowMs}
CREATE OR REPLACE FUNCTION drawbridge.limit_reserve(p jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
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
  PERFORM drawbridge.limit_admit(
    part, p ->> 'id', p -> 'entries', p -> 'need', p -> 'charge', at + (p ->> 'leaseMs')::bigint);
  RETURN '{"outcome": "held"}';
END
$$;
