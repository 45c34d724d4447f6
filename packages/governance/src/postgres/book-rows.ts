import type { Demand } from "../limits/demand.ts";
import { chargeOf, type HeldLimit, type HoldRecord, mergeHolds, shareOf } from "../limits/hold-record.ts";

/** A hold as the table has it, in JSON. */
export interface HoldRow {
  readonly partition: string;
  readonly id: string;
  readonly state: HoldRecord["state"];
  readonly at_ms: number;
  readonly seq: number;
  readonly nano_usd: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly used: Demand | null;
  readonly entries: readonly HeldLimitRow[];
}

type HeldLimitRow = Omit<HeldLimit, "endMs"> & { readonly endMs?: number | null | undefined };

/** What a slot changes by. */
export interface SlotChange {
  readonly partition: string;
  readonly meter: string;
  readonly start_ms: number;
  readonly end_ms: number | null;
  settled: number;
  held: number;
  holds: number;
}

/** A hold of the table. */
export function holdOf(row: HoldRow): HoldRecord {
  return {
    id: row.id,
    partition: row.partition,
    state: row.state,
    atMs: row.at_ms,
    seq: row.seq,
    demand: { nanoUsd: row.nano_usd, inputTokens: row.input_tokens, outputTokens: row.output_tokens },
    used: row.used ?? undefined,
    limits: row.entries.map(({ meter, of, window, amount, startMs, endMs }) => {
      return { meter, of, window, amount, startMs, endMs: endMs ?? undefined };
    }),
  };
}

/** A hold for the table. */
export function rowOf(hold: HoldRecord): HoldRow {
  const { partition, id, state, atMs, seq, used = null, limits } = hold;
  // Where the database decides, an expired hold has what it was charged with.
  const demand = state === "expired" ? chargeOf(hold) : hold.demand;
  return {
    partition,
    id,
    state,
    at_ms: atMs,
    seq,
    nano_usd: demand.nanoUsd,
    input_tokens: demand.inputTokens,
    output_tokens: demand.outputTokens,
    used,
    entries: limits,
  };
}

/** Records with at most one of each hold, in the one order in which rows are locked. */
export function mergedByHold(records: readonly HoldRecord[]): HoldRecord[] {
  const holds = new Map<string, HoldRecord>();
  for (const record of records) {
    const name = nameOf(record);
    const known = holds.get(name);
    holds.set(name, known === undefined ? record : mergeHolds(known, record));
  }
  return [...holds].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, hold]) => hold);
}

/** What becomes of holds when records are merged with what is known of them, and what that changes in the slots. */
export function mergeIntoBook(
  told: readonly HoldRecord[],
  known: readonly HoldRecord[],
): { holds: HoldRecord[]; slots: SlotChange[] } {
  const before = new Map(known.map((hold) => [nameOf(hold), hold]));
  const slots = new Map<string, SlotChange>();
  const holds = told.map((record) => {
    const earlier = before.get(nameOf(record));
    const later = earlier === undefined ? record : mergeHolds(earlier, record);
    for (const limit of later.limits) change(slots, limit, { earlier, later });
    return later;
  });
  const changed = [...slots].filter(
    ([, { settled, held, holds: count }]) => settled !== 0 || held !== 0 || count !== 0,
  );
  return { holds, slots: changed.toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, slot]) => slot) };
}

function change(
  slots: Map<string, SlotChange>,
  limit: HeldLimit,
  { earlier, later }: { readonly earlier: HoldRecord | undefined; readonly later: HoldRecord },
): void {
  if (limit.window === "request") return;
  const { meter, startMs, endMs } = limit;
  const { partition } = later;
  const name = JSON.stringify([partition, meter, startMs]);
  let slot = slots.get(name);
  if (slot === undefined) {
    slot = { partition, meter, start_ms: startMs, end_ms: endMs ?? null, settled: 0, held: 0, holds: 0 };
    slots.set(name, slot);
  }
  const was = earlier === undefined ? { settled: 0, held: 0 } : shareOf(earlier, limit);
  const is = shareOf(later, limit);
  slot.settled = Math.min(slot.settled + is.settled - was.settled, Number.MAX_SAFE_INTEGER);
  slot.held = Math.min(slot.held + is.held - was.held, Number.MAX_SAFE_INTEGER);
  slot.holds += liveOf(later) - liveOf(earlier);
}

function liveOf(hold: HoldRecord | undefined): number {
  return hold === undefined || hold.state === "closed" ? 0 : 1;
}

function nameOf({ partition, id }: Pick<HoldRecord, "partition" | "id">): string {
  return JSON.stringify([partition, id]);
}
