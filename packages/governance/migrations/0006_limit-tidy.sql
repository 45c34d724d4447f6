-- As before, but by the index of what is old, and with the slots of partitions in which nothing happens any more: their
-- time is moved on with it, so that no clock that falls gives out again what is forgotten. Waits for nobody.
CREATE OR REPLACE FUNCTION drawbridge.limit_tidy(told_ms bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  at bigint := coalesce(told_ms, drawbridge.limit_clock());
BEGIN
  DELETE FROM drawbridge.limit_hold WHERE (partition, id) IN (
    SELECT h.partition, h.id FROM drawbridge.limit_hold h
    WHERE h.state = 'closed' AND h.at_ms <= at - 600000 AND h.seq = 0 AND h.used IS NULL
    ORDER BY h.at_ms LIMIT 5000 FOR UPDATE SKIP LOCKED);
  DELETE FROM drawbridge.limit_hold WHERE (partition, id) IN (
    SELECT h.partition, h.id FROM drawbridge.limit_hold h
    WHERE h.state = 'closed' AND h.at_ms <= at - 172800000
    ORDER BY h.at_ms LIMIT 5000 FOR UPDATE SKIP LOCKED);
  WITH old AS (
    SELECT DISTINCT o.partition FROM (
      SELECT s.partition FROM drawbridge.limit_slot s
      WHERE s.end_ms <= at AND s.holds = 0 AND (drawbridge.limit_rolls(s.meter) OR s.end_ms <= at - 172800000)
      ORDER BY s.end_ms LIMIT 5000
    ) o
  ), locked AS (
    SELECT l.partition FROM drawbridge.limit_partition l WHERE l.partition IN (SELECT old.partition FROM old)
    FOR UPDATE OF l SKIP LOCKED
  ), moved AS (
    UPDATE drawbridge.limit_partition l SET now_ms = greatest(l.now_ms, at) FROM locked
    WHERE l.partition = locked.partition RETURNING l.partition
  )
  DELETE FROM drawbridge.limit_slot s USING moved
  WHERE s.partition = moved.partition AND s.end_ms <= at AND s.holds = 0
    AND (drawbridge.limit_rolls(s.meter) OR s.end_ms <= at - 172800000);
END
$$;
