ALTER TABLE "drawbridge"."limit_hold" ADD COLUMN "seq" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "drawbridge"."limit_hold" ADD COLUMN "used" jsonb;--> statement-breakpoint
ALTER TABLE "drawbridge"."limit_partition" ADD COLUMN "epoch" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "limit_hold_closed" ON "drawbridge"."limit_hold" USING btree ("partition","seq") WHERE state = 'closed' and seq > 0;--> statement-breakpoint
-- As before, with the columns that are new.
CREATE OR REPLACE FUNCTION drawbridge.limit_move(in_partition text, ids text[], to_state text, at bigint)
RETURNS void LANGUAGE sql VOLATILE AS $$
  UPDATE drawbridge.limit_slot s SET held = s.held + change.held, settled = drawbridge.limit_sum(s.settled, change.settled)
  FROM (
    SELECT e ->> 'meter' AS meter, (e ->> 'startMs')::bigint AS start_ms,
      sum(later.held - earlier.held) AS held, sum(later.charged - earlier.charged) AS settled
    FROM drawbridge.limit_hold h
    CROSS JOIN LATERAL jsonb_array_elements(h.entries) e
    CROSS JOIN LATERAL drawbridge.limit_share(h, e) earlier
    CROSS JOIN LATERAL drawbridge.limit_share(ROW (h.partition, h.id, to_state, h.at_ms, h.nano_usd, h.input_tokens,
      h.output_tokens, h.entries, h.seq, h.used)::drawbridge.limit_hold, e) later
    WHERE h.partition = in_partition AND h.id = ANY (ids)
    GROUP BY 1, 2
  ) change
  WHERE s.partition = in_partition AND s.meter = change.meter AND s.start_ms = change.start_ms;

  UPDATE drawbridge.limit_hold h SET state = to_state, at_ms = at WHERE h.partition = in_partition AND h.id = ANY (ids);
$$;
--> statement-breakpoint
-- Whether a meter is one of a rolling window, whose slots are many and of no use when they count no more.
CREATE FUNCTION drawbridge.limit_rolls(meter text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT meter LIKE '% ms"]'
$$;
--> statement-breakpoint
-- As before, but that ids which a fast store has ended are remembered for two days, and so are periods of the calendar.
CREATE OR REPLACE FUNCTION drawbridge.limit_tidy(told_ms bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  at bigint := coalesce(told_ms, drawbridge.limit_clock());
BEGIN
  DELETE FROM drawbridge.limit_hold WHERE (partition, id) IN (
    SELECT h.partition, h.id FROM drawbridge.limit_hold h
    WHERE h.state = 'closed' AND h.at_ms <= at - CASE WHEN h.seq = 0 AND h.used IS NULL THEN 600000 ELSE 172800000 END
    LIMIT 5000 FOR UPDATE SKIP LOCKED);
  DELETE FROM drawbridge.limit_slot WHERE (partition, meter, start_ms) IN (
    SELECT s.partition, s.meter, s.start_ms FROM drawbridge.limit_slot s
    JOIN drawbridge.limit_partition l ON l.partition = s.partition
    WHERE s.end_ms <= at AND s.end_ms <= l.now_ms AND s.holds = 0
      AND (drawbridge.limit_rolls(s.meter) OR s.end_ms <= l.now_ms - 172800000) LIMIT 5000 FOR UPDATE OF s SKIP LOCKED);
END
$$;
