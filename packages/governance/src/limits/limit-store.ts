import type { HoldRef } from "./hold-ref.ts";
import type { Amounts, Limit } from "./limit.ts";
import type { LimitScope } from "./limit-scope.ts";

/** A request that wants to begin. */
export interface Reservation extends HoldRef {
  /** All of these must have room, or none is touched. Each at most once, all of the reservation's partition. */
  readonly scopes: readonly LimitScope[];
  /** The most that the request can take, or its first slice. */
  readonly need: Amounts;
  /** What it is charged with if its owner is gone before it has told anything: as that of a {@link TouchedHold}. */
  readonly charge?: Amounts | undefined;
}

/** How a limit of a scope stands. */
export interface LimitUsage {
  readonly scope: string;
  readonly limit: Limit;
  /** What ended requests have taken; can exceed the limit, since what was used is always recorded in full. */
  readonly used: number;
  /** What running requests may still take. */
  readonly held: number;
  /** When the window gives room again, in ms since 1970; undefined when time alone does not help. */
  readonly resetsAtMs: number | undefined;
}

/** The limit that had no room, and what was asked of it. Of several, the one that keeps the request out longest. */
export interface LimitRefusal extends LimitUsage {
  readonly need: number;
}

/** Whether all scopes had room. `closed` is an id that has ended before. */
export type ReserveResult =
  | { readonly outcome: "held" }
  | { readonly outcome: "refused"; readonly refusal: LimitRefusal }
  | { readonly outcome: "closed" };

/** Whether a running request may take more. `lost` is an id whose lease has run out, or that is not running. */
export type TopUpResult =
  | { readonly outcome: "held" }
  | { readonly outcome: "refused"; readonly refusal: LimitRefusal }
  | { readonly outcome: "lost" };

/**
 * What closing did: `done` now, `already` closed before, or `unknown` id, which change nothing; or `noted`, where what
 * counts could not be told: that is made up for, and until then another process may find the hold expired.
 */
export type CloseResult = "done" | "noted" | "already" | "unknown";

/** A hold whose owner is there. */
export interface TouchedHold extends HoldRef {
  /** What it is charged with if nobody comes back for it, at most what it holds; that is what counts without this. */
  readonly charge?: Amounts | undefined;
}

/** A hold that nobody came back for, and what counts as used of it. */
export interface ExpiredHold extends HoldRef {
  readonly charged: Amounts;
  /** Ids of the scopes that it counts in, each once, in alphabetical order. */
  readonly scopes: readonly string[];
}

/**
 * What a sweep found: holds whose owner went silent, and those that were charged since nobody came back for them. Of these
 * others may be told as well, later: whoever is told first may end before it has done anything about them.
 */
export interface SweepResult {
  readonly lapsed: readonly HoldRef[];
  readonly expired: readonly ExpiredHold[];
}

/**
 * Keeps what scopes have used and hold. Each call is one atomic step.
 *
 * A hold begins with `reserve` and ends with `settle` or `release`. Its owner keeps it alive with `touch`; when the lease
 * runs out it *lapses*: parallel slots are free again, all else stays held. After a time of grace it *expires*: what it
 * holds counts as used, or what its owner has said last, in `reserve` or since, that it can have come to. A `settle` that comes later still puts
 * that right.
 * All of it counts in the periods of the moment of `reserve`.
 */
export interface LimitStore {
  /** Holds what the request needs in all its scopes, or nothing in any. */
  reserve(reservation: Reservation): Promise<ReserveResult>;
  /** Holds more for a running request, by the limits it began with. */
  topUp(hold: HoldRef, more: Amounts): Promise<TopUpResult>;
  /** Ends a hold with what was really used, in full, also beyond hold and limit. */
  settle(hold: HoldRef, actual: Amounts): Promise<CloseResult>;
  /** Ends a hold of which nothing was used: the request was never sent. */
  release(hold: HoldRef): Promise<CloseResult>;
  /**
   * As `settle`, or `release` without `actual`, of a request that the account has yet to say the end of: counts at once,
   * and outlives this process only when `accounted` resolves. Missing where what counts and what is remembered are one.
   */
  readonly closeAhead?:
    | ((hold: HoldRef, actual: Amounts | undefined, accounted: Promise<void>) => Promise<CloseResult>)
    | undefined;
  /**
   * Resolves when the hold outlives this process, so that it is charged even if nobody comes back for it: to be waited
   * for before the client is given anything. Of one that has ended, when its end does.
   */
  durable(hold: HoldRef): Promise<void>;
  /**
   * Whether a hold has ended, as what outlives all processes knows it: whoever has said of it that it expired was overtaken by
   * its owner then. Missing where nobody can be overtaken, since one process has all holds.
   */
  readonly hasEnded?: ((hold: HoldRef) => Promise<boolean>) | undefined;
  /**
   * Renews leases; gives back the holds that have lost theirs, and rejects where that cannot be known of all. Each time anew it
   * says what they are charged with should that have been the last; `topUp` takes it back.
   */
  touch(holds: readonly TouchedHold[]): Promise<readonly HoldRef[]>;
  /** Lets holds lapse and expire; to be called each second or so. */
  sweep(): Promise<SweepResult>;
  /** How each limit of a scope stands, but for those on a single request. */
  usage(scope: LimitScope): Promise<readonly LimitUsage[]>;
  /**
   * How far its time, by which it counts, is ahead of the clock that it was given, in ms: as far as is known, to some
   * milliseconds. Missing where it counts by that clock.
   */
  readonly skewMs?: (() => number) | undefined;
}

/** How long holds live without their owner, and ended ones are remembered. */
export interface LeaseSettings {
  /** Until a hold lapses; 30 s unless told. */
  readonly leaseMs?: number;
  /** From there until it expires; 90 s unless told. */
  readonly graceMs?: number;
}
