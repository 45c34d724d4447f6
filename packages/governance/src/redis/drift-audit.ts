import { demandOf } from "../limits/demand.ts";
import type { HoldRef } from "../limits/hold-ref.ts";
import type { Amounts } from "../limits/limit.ts";
import { type HoldRecord, shareOf } from "../limits/hold-record.ts";
import type { LimitBook, PartitionState } from "../limits/limit-book.ts";
import type { MissingHolds } from "./missing-holds.ts";
import type { PartitionDump, PartitionFilling } from "./partition-filling.ts";

/** Something that Redis and the book did not agree on, and that has been put right. */
export interface Drift {
  readonly partition: string;
  readonly meter: string;
  readonly startMs: number;
  /** By how much Redis had counted more as used than the book; negative for less. */
  readonly settled: number;
  /** By how much Redis had counted more as held than its own holds hold. */
  readonly held: number;
}

/** What an audit needs. */
export interface DriftAuditOptions {
  readonly book: LimitBook;
  readonly filling: Pick<PartitionFilling, "dump">;
  /** How long a step may take to the book. */
  readonly settleMs: number;
  /** Fills the partition from the book, if it is still of that epoch. */
  readonly fill: (partition: string, epoch: number) => Promise<void>;
  readonly missing: Pick<MissingHolds, "since">;
  /** For how long a hold is missing in Redis that nobody is going to write down the end of any more. */
  readonly orphanMs: number;
  /** What a hold came to by an account of requests; undefined where that does not know. */
  readonly endedAs?: ((hold: HoldRef) => Promise<Amounts | undefined>) | undefined;
}

/** What an audit has found and put right. */
export interface AuditResult {
  readonly drifts: readonly Drift[];
  /** Holds that were charged in full. */
  readonly expired: readonly HoldRecord[];
}

interface Finding {
  readonly dump: PartitionDump;
  readonly drifts: readonly Drift[];
  /** Holds that the book has and Redis has not: their process ended before it could write how they did. */
  readonly orphans: readonly HoldRecord[];
  /** Holds that have expired in Redis, which the book has not heard: the process that swept them ended before. */
  readonly untold: readonly HoldRecord[];
  /** Holds that have expired some minutes ago at most: whoever was to account for them may have ended before. */
  readonly expired: readonly HoldRecord[];
}

/**
 * Compares a partition of Redis with the book as of one step of the partition, so that traffic makes no difference, and
 * once more when something differs. What differs both times by the same is put right in Redis. A hold that only the book has
 * ends as the account says, or is charged in full. What has expired lately is told again, since whoever was told may be gone.
 */
export async function auditDrift(partition: string, options: DriftAuditOptions): Promise<AuditResult> {
  const first = await compare(partition, options);
  if (first === undefined) return nothingFound;
  const { expired } = first;
  if (first.drifts.length + first.orphans.length + first.untold.length === 0) return { drifts: [], expired };
  const second = await compare(partition, options);
  if (second === undefined) return { drifts: [], expired };
  const orphans = second.orphans.filter(({ id }) => first.orphans.some((other) => other.id === id));
  if (orphans.length + second.untold.length > 0) {
    const ended = await Promise.all(orphans.map((record) => endOf(record, options)));
    await options.book.apply([...ended, ...second.untold]);
    const next = await auditDrift(partition, options);
    const known = new Set(next.expired.map(({ id }) => id));
    const others = [...ended, ...second.untold].filter(({ id, state }) => state === "expired" && !known.has(id));
    return { drifts: next.drifts, expired: [...others, ...next.expired] };
  }
  return { drifts: await putRight(second, { first, options }), expired };
}

/** For how many times as long as it takes to give a process up. */
const toldAgain = 5;

const nothingFound: AuditResult = { drifts: [], expired: [] };

async function endOf(record: HoldRecord, { endedAs }: DriftAuditOptions): Promise<HoldRecord> {
  const used = await endedAs?.(record);
  return used === undefined ? { ...record, state: "expired" } : { ...record, state: "closed", used: demandOf(used, 1) };
}

/**
 * Fills the partition again where two comparisons have found the same. No sum is changed by itself: what is on its way to
 * Redis, of a process that stands still, would count on top of that when it arrives; of a filling each knows what is in it.
 */
async function putRight(
  second: Finding,
  { first, options }: { readonly first: Finding; readonly options: DriftAuditOptions },
): Promise<readonly Drift[]> {
  const drifts = second.drifts.filter((drift) => first.drifts.some((other) => isSame(drift, other)));
  const [one] = drifts;
  if (one !== undefined) await options.fill(one.partition, second.dump.mark.load);
  return drifts;
}

async function compare(partition: string, options: DriftAuditOptions): Promise<Finding | undefined> {
  const { book, filling, settleMs, orphanMs } = options;
  const dump = await filling.dump(partition);
  if (dump.outcome === "fenced") return undefined;
  // Steps up to this one are in the book by then.
  await new Promise((resolve) => setTimeout(resolve, settleMs).unref());
  const [state, closed] = [await book.load(partition), await book.closedAfter(partition, dump.mark.seq)];
  if (state.epoch !== dump.mark.load) {
    await fillIfBehind(partition, state.epoch, options);
    return undefined;
  }
  const { seq, atMs } = dump.mark;
  const there = new Set(dump.holds.map(({ id }) => id));
  const missing = state.holds.filter((hold) => hold.state !== "expired" && hold.seq <= seq && !there.has(hold.id));
  const ids = missing.map(({ id }) => id);
  const since = await options.missing.since(partition, ids, atMs);
  const isOrphan = ({ id }: HoldRecord): boolean => atMs - (since.get(id) ?? atMs) >= orphanMs;
  const inBook = state.holds.filter((hold) => hold.state === "expired");
  const known = new Set(inBook.map(({ id }) => id));
  const gone = dump.holds.filter((hold) => hold.state === "expired" && !known.has(hold.id));
  const ended =
    gone.length === 0
      ? known
      : await book.ended(
          partition,
          gone.map(({ id }) => id),
        );
  return {
    dump,
    // What Redis has done with a hold that its process has yet to write down differs for good reason.
    drifts: driftsOf(partition, dump, bookedAt(state, closed, seq)).filter(
      (drift) => !missing.some((hold) => !isOrphan(hold) && countsIn(hold, drift)),
    ),
    orphans: missing.filter(isOrphan),
    untold: gone.filter(({ id }) => !ended.has(id)),
    expired: inBook.filter((hold) => atMs - hold.atMs < toldAgain * orphanMs),
  };
}

/** Whoever was to fill it has raised its epoch, and may have ended before it was filled. */
async function fillIfBehind(partition: string, epoch: number, { filling, fill }: DriftAuditOptions): Promise<void> {
  const now = await filling.dump(partition);
  if (now.outcome === "dump" && now.mark.load < epoch) await fill(partition, epoch);
}

function countsIn({ limits }: HoldRecord, { meter, startMs }: Drift): boolean {
  return limits.some((limit) => limit.meter === meter && limit.startMs === startMs);
}

interface Sums {
  readonly meter: string;
  readonly startMs: number;
  endMs: number | undefined;
  counted: number;
  booked: number;
  held: number;
  heldByHolds: number;
}

/** What the book would have said at a step: without what came after it. */
function bookedAt({ slots, holds }: PartitionState, closed: readonly HoldRecord[], seq: number): SlotSums {
  const sums = new SlotSums();
  for (const { meter, startMs, endMs, settled } of slots) {
    const slot = sums.of(meter, startMs);
    slot.booked += settled;
    slot.endMs = endMs;
  }
  for (const record of [...closed, ...holds.filter((hold) => hold.state === "expired" && hold.seq > seq)]) {
    for (const limit of record.limits) sums.of(limit.meter, limit.startMs).booked -= shareOf(record, limit).settled;
  }
  return sums;
}

function driftsOf(partition: string, dump: PartitionDump, sums: SlotSums): Finding["drifts"] {
  for (const { meter, startMs, settled, held } of dump.slots) {
    const slot = sums.of(meter, startMs);
    slot.counted = settled;
    slot.held = held;
  }
  for (const hold of dump.holds) {
    for (const limit of hold.limits) {
      if (limit.window === "request") continue;
      const slot = sums.of(limit.meter, limit.startMs);
      slot.heldByHolds += shareOf(hold, limit).held;
      slot.endMs = limit.endMs;
    }
  }
  return [...sums.all()]
    .filter(({ endMs }) => endMs === undefined || endMs > dump.mark.atMs)
    .map(({ meter, startMs, ...slot }) => {
      const [settled, held] = [slot.counted - slot.booked, slot.held - slot.heldByHolds];
      return { partition, meter, startMs, settled, held };
    })
    .filter(({ settled, held }) => settled !== 0 || held !== 0);
}

class SlotSums {
  readonly #slots = new Map<string, Sums>();

  of(meter: string, startMs: number): Sums {
    const key = `${startMs} ${meter}`;
    const empty = { counted: 0, booked: 0, held: 0, heldByHolds: 0 };
    const slot = this.#slots.get(key) ?? { meter, startMs, endMs: undefined, ...empty };
    this.#slots.set(key, slot);
    return slot;
  }

  all(): Iterable<Sums> {
    return this.#slots.values();
  }
}

function isSame(first: Drift, second: Drift): boolean {
  return (
    first.meter === second.meter &&
    first.startMs === second.startMs &&
    first.settled === second.settled &&
    first.held === second.held
  );
}
