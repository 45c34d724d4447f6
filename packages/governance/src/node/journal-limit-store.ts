import { GovernanceError } from "../errors.ts";
import { LimitLedger } from "../limits/limit-ledger.ts";
import { holdKey, type HoldRef } from "../limits/hold-ref.ts";
import type { CloseResult, ExpiredHold, LimitStore, TouchedHold } from "../limits/limit-store.ts";
import type { MemoryLimitStoreOptions } from "../limits/memory-limit-store.ts";
import { GroupCommit } from "./group-commit.ts";
import { JournalFile } from "./journal-file.ts";
import {
  amountsEntry,
  chargeEntry,
  entriesOf,
  type LimitJournalEntry,
  LimitReplay,
  ScopeNumbers,
} from "./limit-journal-entry.ts";

/** What a store with a journal needs. */
export interface JournalLimitStoreOptions extends MemoryLimitStoreOptions {
  /** The file; its folder exists, and no other process has it open. */
  readonly path: string;
  /** How much is written until the file is written anew, without what is over; 64 MB unless told. */
  readonly compactBytes?: number;
}

/** A limit store that holds a file open until it is closed. */
export interface JournalLimitStore extends LimitStore {
  /** Waits for what is under way, and lets go of the file. */
  close(): Promise<void>;
}

const usualCompactBytes = 64 * 1024 * 1024;
/** So long before its end the process before may have let holds expire and not told of them. */
const untoldMs = 60_000;

/**
 * A limit store of one process that answers when the change is on the disk, so that nothing it said is lost by a crash,
 * `kill -9` or a loss of power. Changes that come at the same time are written together.
 *
 * Rejects with a GovernanceError: `journal-corrupt` when the file is damaged elsewhere than at its end, `journal-closed`
 * when it cannot be read, and as long as it cannot be written.
 */
export async function journalLimitStore(options: JournalLimitStoreOptions): Promise<JournalLimitStore> {
  const { path, clock, compactBytes = usualCompactBytes, ...leases } = options;
  const ledger = new LimitLedger(leases);
  const file = new JournalFile<LimitJournalEntry>(path);
  const replay = new LimitReplay(ledger);
  let numbers = new ScopeNumbers();
  let untold: readonly ExpiredHold[];
  const snapshot = (): LimitJournalEntry[] => {
    numbers = new ScopeNumbers();
    return entriesOf(ledger, numbers);
  };
  try {
    await file.read((entry) => replay.take(entry));
    untold = ledger.expiredSince(ledger.nowMs - untoldMs);
    await file.replace(snapshot());
  } catch (error) {
    throw error instanceof GovernanceError ? error : unopened(path, error);
  }
  const commit = new GroupCommit({
    target: file,
    title: "the journal of limits",
    meanwhile: "no money is given out",
    compactBytes,
    snapshot,
  });
  return {
    ...journaled({ ledger, clock, commit, numbers: () => numbers, untold }),
    close: async () => {
      try {
        await commit.flushed();
      } finally {
        await file.close();
      }
    },
  };
}

/**
 * How limits stand by the journal of a store, which may be in use: nothing is written. Rejects with a GovernanceError
 * `journal-corrupt` or `journal-closed`, as opening the store does.
 */
export async function readLimitJournal({
  path,
  clock,
}: Pick<JournalLimitStoreOptions, "path" | "clock">): Promise<Pick<LimitStore, "usage">> {
  const ledger = new LimitLedger({});
  const replay = new LimitReplay(ledger);
  try {
    await new JournalFile<LimitJournalEntry>(path).read((entry) => replay.take(entry));
  } catch (error) {
    throw error instanceof GovernanceError ? error : unopened(path, error);
  }
  return { usage: async (scope) => ledger.usage(scope, clock()) };
}

interface Journaled {
  readonly ledger: LimitLedger;
  readonly clock: () => number;
  readonly commit: GroupCommit<LimitJournalEntry>;
  /** Those of the file as it will be after the next write. */
  readonly numbers: () => ScopeNumbers;
  /** What the first sweep tells of beside what it finds. */
  readonly untold: readonly ExpiredHold[];
}

/** Each answer waits for all that came before it, its own change and those it may be built on. */
function journaled({ ledger, clock, commit, numbers, untold }: Journaled): LimitStore {
  let left = untold;
  async function kept<Result>(step: () => readonly [Result, readonly LimitJournalEntry[]]): Promise<Result> {
    // Nothing is done of which nobody could say that it is kept.
    if (commit.hasFailed) await commit.flushed();
    const [result, entries] = step();
    commit.add(entries);
    await commit.flushed();
    return result;
  }
  return {
    reserve: (reservation) =>
      kept(() => {
        const key = holdKey(reservation);
        const isNew = !ledger.holds.has(key);
        const result = ledger.reserve(reservation, clock());
        if (!isNew || result.outcome !== "held") return [result, []];
        const entries: LimitJournalEntry[] = [];
        const scopes = numbers().of(reservation.scopes, entries);
        const need = amountsEntry(reservation.need);
        return [result, [...entries, ["reserve", ledger.nowMs, key, scopes, need, chargeEntry(reservation.charge)]]];
      }),
    topUp: (hold, more) =>
      kept(() => {
        const result = ledger.topUp(hold, more, clock());
        return [result, result.outcome === "held" ? [["topUp", ledger.nowMs, holdKey(hold), amountsEntry(more)]] : []];
      }),
    settle: (hold, actual) =>
      kept(() => {
        const result = ledger.close(hold, actual, clock());
        return [result, result === "done" ? [["settle", ledger.nowMs, holdKey(hold), amountsEntry(actual)]] : []];
      }),
    release: (hold) =>
      kept(() => {
        const result = ledger.close(hold, undefined, clock());
        return [result, result === "done" ? [["release", ledger.nowMs, holdKey(hold)]] : []];
      }),
    closeAhead: (...end) => closeAhead({ ledger, clock, commit }, ...end),
    // Whoever has the answer to `reserve` has this as well.
    durable: async () => {},
    touch: (holds) => kept(() => touched(ledger, holds, clock())),
    sweep: () =>
      kept(() => {
        const result = ledger.sweep(clock());
        const entries: LimitJournalEntry[] = [];
        if (result.lapsed.length > 0) entries.push(["move", ledger.nowMs, "lapsed", result.lapsed.map(holdKey)]);
        if (result.expired.length > 0) entries.push(["move", ledger.nowMs, "expired", result.expired.map(holdKey)]);
        const expired = [...left, ...result.expired];
        left = [];
        return [{ ...result, expired }, entries];
      }),
    usage: (scope) => kept(() => [ledger.usage(scope, clock()), []]),
  };
}

/** Leases are not written, for who held them is gone when the file is read; what is charged then is. */
function touched(
  ledger: LimitLedger,
  holds: readonly TouchedHold[],
  atMs: number,
): readonly [readonly HoldRef[], readonly LimitJournalEntry[]] {
  const before = new Map(holds.map((hold) => [hold, ledger.holds.get(holdKey(hold))?.charge]));
  const lost = ledger.touch(holds, atMs);
  const charges = [...before]
    .filter(([hold, charge]) => !lost.includes(hold) && (hold.charge !== undefined || charge !== undefined))
    .map(([hold]) => [holdKey(hold), chargeEntry(hold.charge)] as const);
  return [lost, charges.length === 0 ? [] : [["charge", ledger.nowMs, charges]]];
}

type Counted = Pick<Journaled, "ledger" | "clock" | "commit">;

/** Counts at once, and writes when the account has it. */
async function closeAhead(
  { ledger, clock, commit }: Counted,
  ...[hold, actual, accounted]: Parameters<NonNullable<LimitStore["closeAhead"]>>
): Promise<CloseResult> {
  commit.check();
  const result = ledger.close(hold, actual, clock());
  if (result !== "done") return result;
  void accounted.then(() => {
    const [atMs, key] = [ledger.nowMs, holdKey(hold)];
    commit.add([actual === undefined ? ["release", atMs, key] : ["settle", atMs, key, amountsEntry(actual)]]);
    // Whoever holds next is told of a journal that cannot be written.
    return commit.flushed().catch(() => undefined);
  });
  return result;
}

function unopened(path: string, cause: unknown): GovernanceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new GovernanceError("journal-closed", `the journal of limits ${path} cannot be opened: ${reason}`, { cause });
}
