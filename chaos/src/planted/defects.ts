import type { FaultKind } from "../faults/fault.ts";
import type { Book, HoldRef, LedgerEntry, LimitStore } from "@drawbridge/governance";

interface Stores {
  readonly limits: LimitStore;
  readonly book: Book;
}

/** A mistake that a gateway could have, planted to show that a campaign finds it. */
export interface Defect {
  /** What it does to the stores. */
  readonly stores?: (stores: Stores) => Stores;
  /** What it does to a script on its way to Redis. */
  readonly script?: (text: string) => string;
  /** The faults that bring it out, where the usual ones do not. */
  readonly faults?: readonly FaultKind[];
}

/** Faults that leave most requests to be answered. */
export const usualFaults: readonly FaultKind[] = ["kill-replica", "disorder-settles"];

/** What Redis has forgotten in part. */
const olderSnapshots: readonly FaultKind[] = ["rewind-redis"];

/** What is charged without a gateway that comes back. */
const longStalls: readonly FaultKind[] = ["stall-replica"];

const nothing = { nanoUsd: 0, inputTokens: 0, outputTokens: 0 } as const;

/** Defects as gateways have had them. */
export const defects: Readonly<Record<string, Defect>> = {
  "settle-as-nothing": inLimits((limits) => ({
    settle: (hold, actual) => limits.settle(hold, { ...actual, nanoUsd: 0 }),
  })),
  "settle-doubled": inLimits((limits) => ({
    settle: (hold, actual) => limits.settle(hold, { ...actual, nanoUsd: actual.nanoUsd * 2 }),
  })),
  // Too little is held, and what exceeds that is refused at the end: settlement through the checked path.
  "settle-that-refuses": inLimits((limits) => {
    const held = new Map<string, number>();
    const part = (nanoUsd: number): number => Math.floor(nanoUsd / 20);
    return {
      reserve: (reservation) => {
        const nanoUsd = part(reservation.need.nanoUsd);
        held.set(reservation.id, nanoUsd);
        return limits.reserve({ ...reservation, need: { ...reservation.need, nanoUsd } });
      },
      settle: (hold, actual) =>
        limits.settle(hold, { ...actual, nanoUsd: Math.min(actual.nanoUsd, held.get(hold.id) ?? 0) }),
    };
  }),
  "released-instead-of-settled": inLimits((limits) => {
    const now = everyTenth();
    return { settle: (hold, actual) => (now() ? limits.release(hold) : limits.settle(hold, actual)) };
  }),
  // A client that says the same name again is not billed again.
  "client-chosen-billing-id": inLimits((limits) => {
    const chosen = <T extends HoldRef>(hold: T): T => ({ ...hold, id: hold.id.slice(-2) });
    return {
      reserve: (reservation) => limits.reserve(chosen(reservation)),
      settle: (hold, actual) => limits.settle(chosen(hold), actual),
      topUp: (hold, more) => limits.topUp(chosen(hold), more),
      release: (hold) => limits.release(chosen(hold)),
      durable: (hold) => limits.durable(chosen(hold)),
      touch: (holds) => limits.touch(holds.map(chosen)),
    };
  }),
  "reserve-that-never-refuses": inLimits((limits) => ({
    reserve: async (reservation) => {
      const result = await limits.reserve(reservation);
      return result.outcome === "refused" ? { outcome: "held" } : result;
    },
  })),
  "reserve-of-too-little": inLimits((limits) => ({
    reserve: (reservation) => {
      const { need } = reservation;
      return limits.reserve({ ...reservation, need: { ...need, nanoUsd: Math.floor(need.nanoUsd / 50) } });
    },
  })),
  // Nothing but the account says what the requests of a gateway that was killed have come to.
  "charge-of-too-little": inLimits((limits) => ({
    reserve: (reservation) => limits.reserve({ ...reservation, charge: nothing }),
    touch: (holds) => limits.touch(holds.map((hold) => ({ ...hold, charge: nothing }))),
  })),
  "holds-never-swept": inLimits(() => ({ sweep: () => Promise.resolve({ lapsed: [], expired: [] }) })),
  "expiry-not-recorded": inLimits((limits) => ({
    sweep: async () => ({ ...(await limits.sweep()), expired: [] }),
  })),
  "entry-dropped": inBook((entries) => entries.filter(({ kind, requestId }) => kind === "open" || !isTenth(requestId))),
  "entry-under-another-attempt": inBook((entries) =>
    entries.flatMap((entry) =>
      entry.kind === "close" && isTenth(entry.requestId)
        ? [entry, { ...entry, attempt: entry.attempt + 100 }]
        : [entry],
    ),
  ),
  "estimate-told-as-known": inBook((entries) => entries.map((entry) => ({ ...entry, source: "final" }))),
  // What was charged without a gateway that stood still is not taken back when it says what it was.
  "late-settle-added": {
    faults: longStalls,
    script: (text) =>
      isStep(text, "close") ? replaced(text, "whole, used) - settled, -held", "whole, used), -held") : text,
  },
  // What is filled again is added to what an old snapshot still had.
  "seed-by-addition": {
    faults: olderSnapshots,
    script: (text) =>
      isStep(text, "seed")
        ? replaced(
            replaced(text, "call('DEL', D, X, C[1], C[2])", ""),
            "slots[field] = slots[field] or slotOf(false)",
            "slots[field] = slots[field] or slotOf(call('HGET', D, field))",
          )
        : text,
  },
};

/** The names of all defects. */
export const defectNames: readonly string[] = Object.keys(defects);

function inLimits(change: (limits: LimitStore) => Partial<LimitStore>): Defect {
  return { stores: ({ limits, book }) => ({ book, limits: { ...limits, ...change(limits) } }) };
}

function inBook(change: (entries: readonly LedgerEntry[]) => readonly LedgerEntry[]): Defect {
  return {
    stores: ({ limits, book }) => ({ limits, book: { ...book, append: (entries) => book.append(change(entries)) } }),
  };
}

function everyTenth(): () => boolean {
  let count = 0;
  return () => ++count % 10 === 0;
}

/** Every tenth request or so, the same each time that it is asked about. */
function isTenth(requestId: string): boolean {
  return Number.parseInt(requestId.slice(-4), 16) % 10 === 0;
}

function isStep(text: string, step: string): boolean {
  return text.startsWith(`-- drawbridge limits 1: ${step} `);
}

/** A defect that is not planted would be one that is never found. */
function replaced(text: string, part: string, by: string): string {
  if (!text.includes(part)) throw new Error(`a script has changed, and holds no ${part}`);
  return text.replace(part, by);
}
