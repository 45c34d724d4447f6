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
  readonly filling: Pick<PartitionFilling, "dump" | "merge">;
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
  /** Holds of Redis that the book has not heard of, or not that they have expired: who was to say so ended before. */
  readonly untold: readonly HoldRecord[];
  /** Holds that the book knows the end of and Redis does not: whoever could not say so there may have ended before. */
  readonly unheard: readonly HoldRecord[];
  /** Holds that have expired some minutes ago at most: whoever was to account for them may have ended before. */
  readonly expired: readonly HoldRecord[];
}

/**
 * Compares a partition of Redis with the book as of one step of the partition, so that traffic makes no difference, and
 * once more when something differs. What differs both times by the same is put right in Redis. A hold that only the book has
 * ends as the account says, or is charged in full; Redis is told of ends that only the book has. What has expired lately is
 * told again, since whoever was told may be gone.
 */
export async function auditDrift(partition: string, options: DriftAuditOptions): Promise<AuditResult> {
  const first = await compare(partition, options);
  if (first === undefined) return nothingFound;
  const { expired } = first;
  if (first.drifts.length + first.orphans.length + first.untold.length + first.unheard.length === 0) {
    return { drifts: [], expired };
  }
  const second = await compare(partition, options);
  if (second === undefined) return { drifts: [], expired };
  await tellEnds(bothIn(first.unheard, second.unheard), second.dump.mark.load, options);
  const orphans = bothIn(first.orphans, second.orphans);
  const untold = [...second.untold.filter(isExpired), ...bothIn(first.untold, second.untold.filter(isNotExpired))];
  if (orphans.length + untold.length > 0) {
    const ended = await Promise.all(orphans.map((record) => endOf(record, options)));
    const applied = await options.book.apply([...ended, ...untold]);
    // Its process may have written down its end in this very moment.
    const wasEnded = applied.get(partition)?.ended;
    const next = await auditDrift(partition, options);
    const known = new Set(next.expired.map(({ id }) => id));
    const others = [...ended, ...untold].filter(
      (hold) => isExpired(hold) && !known.has(hold.id) && wasEnded?.has(hold.id) !== true,
    );
    return { drifts: next.drifts, expired: [...others, ...next.expired] };
  }
  return { drifts: await putRight(second, { first, options }), expired };
}

/** For how many times as long as it takes to give a process up. */
const toldAgain = 5;

const nothingFound: AuditResult = { drifts: [], expired: [] };

function isExpired({ state }: HoldRecord): boolean {
  return state === "expired";
}

function isNotExpired(hold: HoldRecord): boolean {
  return !isExpired(hold);
}

function bothIn(first: readonly HoldRecord[], second: readonly HoldRecord[]): readonly HoldRecord[] {
  return second.filter(({ id }) => first.some((other) => other.id === id));
}

/** Whoever knows them says the same when it can, which changes nothing any more. */
async function tellEnds(closed: readonly HoldRecord[], epoch: number, { filling }: DriftAuditOptions): Promise<void> {
  const [one] = closed;
  if (one === undefined) return;
  const written = closed.map((record) => ({ record, madeIn: -1, writtenIn: epoch }));
  await filling.merge(one.partition, written);
}

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
  const missing = state.holds.filter((hold) => hold.seq <= seq && !there.has(hold.id) && !isForgotten(hold, atMs));
  const ids = missing.map(({ id }) => id);
  const since = await options.missing.since(partition, ids, atMs);
  const isOrphan = ({ id }: HoldRecord): boolean => atMs - (since.get(id) ?? atMs) >= orphanMs;
  const { later, unheard, untold } = await endsOf(dump, { partition, state, closed, book });
  return {
    dump,
    // What Redis has done with a hold that its process has yet to write down differs for good reason.
    drifts: driftsOf(partition, dump, bookedAt(dump, state, [...later, ...unheard])).filter(
      (drift) => !missing.some((hold) => !isOrphan(hold) && countsIn(hold, drift)),
    ),
    orphans: missing.filter((hold) => !isExpired(hold) && isOrphan(hold)),
    untold,
    unheard,
    expired: state.holds.filter((hold) => isExpired(hold) && atMs - hold.atMs < toldAgain * orphanMs),
  };
}

/** Well before Redis forgets what has expired, as it does after two days. */
const rememberedMs = 24 * 60 * 60 * 1000;

function isForgotten({ state, atMs }: HoldRecord, nowMs: number): boolean {
  return state === "expired" && nowMs - atMs > rememberedMs;
}

/** What a book says of a partition, and which holds it has as closed after Redis was looked at. */
interface Booked {
  readonly partition: string;
  readonly state: PartitionState;
  readonly closed: readonly HoldRecord[];
  readonly book: LimitBook;
}

interface Ends extends Pick<Finding, "unheard" | "untold"> {
  /** Those that Redis came to after it was looked at. */
  readonly later: readonly HoldRecord[];
}

/** The ends that either of both knows and the other did not, when Redis was looked at. */
async function endsOf({ holds, mark }: PartitionDump, { partition, state, closed, book }: Booked): Promise<Ends> {
  const open = new Map(state.holds.map((hold) => [hold.id, hold]));
  // One that was open a moment before is in what the book had said then.
  const closedLater = closed.filter(({ id }) => !open.has(id));
  const known = new Set(closed.map(({ id }) => id));
  const isUnclear = ({ id, state: is }: HoldRecord): boolean =>
    !known.has(id) && (is === "expired" ? open.get(id)?.state !== "expired" : !open.has(id));
  const unclear = holds.filter(isUnclear);
  const ids = unclear.map(({ id }) => id);
  const ended = ids.length === 0 ? new Map<string, HoldRecord>() : await book.ended(partition, ids);
  return {
    later: [...closedLater, ...state.holds.filter((hold) => isExpired(hold) && hold.seq > mark.seq)],
    unheard: [...ended.values()].filter(({ id }) => !open.has(id)),
    untold: unclear.filter(({ id }) => !ended.has(id)),
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

/** What the book would have said when Redis was looked at: of holds that have come further since, what they were then. */
function bookedAt({ holds }: PartitionDump, { slots }: PartitionState, further: readonly HoldRecord[]): SlotSums {
  const sums = new SlotSums();
  for (const { meter, startMs, endMs, settled } of slots) {
    const slot = sums.of(meter, startMs);
    slot.booked += settled;
    slot.endMs = endMs;
  }
  const then = new Map(holds.map((hold) => [hold.id, hold]));
  for (const record of further) {
    const before = then.get(record.id);
    for (const limit of record.limits) {
      const was = before === undefined ? 0 : shareOf(before, limit).settled;
      sums.of(limit.meter, limit.startMs).booked += was - shareOf(record, limit).settled;
    }
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
