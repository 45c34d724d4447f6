import type { SlotRecord } from "../limits/limit-book.ts";
import { partitionKeys } from "../redis/partition-keys.ts";
import type { RedisClient } from "../redis/redis-client.ts";
import { prelude } from "../redis/scripts/prelude.ts";
import { ruleOfMeter } from "../limits/rule-of-meter.ts";
import { slotLengthMs } from "../limits/spans.ts";

/** What a slot of Redis is to have counted too much, or too little. */
export interface Spoilt extends SlotRecord {
  readonly held: number;
}

/** Changes what a partition of Redis has counted, as no step does. */
export async function spoilPartition(
  client: RedisClient,
  partition: string,
  { meter, startMs, endMs, settled, held }: Spoilt,
): Promise<void> {
  const { window } = ruleOfMeter(meter, 0).limit;
  const lengthMs = window.kind === "rolling" ? slotLengthMs(window.ms) : 0;
  const keys = partitionKeys("drawbridge", partition);
  const slot = [meter, window.kind, startMs, endMs ?? 0, lengthMs, settled, held];
  await client.eval(prelude + script, keys.length, ...keys, "", 0, "", ...slot);
}

const script = `
local meter, window, start = ARGV[4], ARGV[5], tonumber(ARGV[6])
local row = { 's:' .. text(start) .. ':' .. meter, window == 'rolling' and 'r:' .. meter or '', '', window, 0, start,
  tonumber(ARGV[7]), tonumber(ARGV[8]) }
look(row)
change(row, 1, tonumber(ARGV[9]), tonumber(ARGV[10]))
commit()
`;
