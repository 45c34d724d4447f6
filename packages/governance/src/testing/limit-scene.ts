import type { Amounts, Limit } from "../limits/limit.ts";
import { limitScope, type LimitScope } from "../limits/limit-scope.ts";
import type { LimitStore, LimitUsage, ReserveResult } from "../limits/limit-store.ts";

/** How a suite opens the store that it is about. */
export interface StoreOpening {
  readonly clock: () => number;
  readonly leaseMs: number;
  readonly graceMs: number;
}

/** A store that a suite has opened. */
export interface OpenedStore {
  readonly store: LimitStore;
  /** The same state in a new object, for stores that outlive their process. */
  readonly reopen?: () => Promise<LimitStore>;
  readonly close?: () => Promise<void>;
}

/** A kind of store, and how long it may be tested. */
export interface StoreKind {
  readonly name: string;
  open(opening: StoreOpening): Promise<OpenedStore>;
  /** Random commands compared with the reference. */
  readonly commands: number;
  /** Such commands in one long history; none where that is left out. */
  readonly history?: number;
}

/** The store that a test is about: each has one of its own, in which nothing is used. */
export interface LimitScene {
  readonly store: LimitStore;
  /** The time; tests set it. */
  nowMs: number;
  /** Holds in one scope. */
  readonly reserve: (id: string, scope: LimitScope, need: Amounts) => Promise<ReserveResult>;
}

/** How long a hold lasts without being renewed. */
export const leaseMs = 30_000;
/** How long what it holds is kept for its owner after that. */
export const graceMs = 90_000;
/** When each test begins. */
export const start = Date.parse("2026-11-25T12:00:00Z");
/** A period of the calendar in UTC. */
export const utc = (unit: "minute" | "day" | "month") => ({ kind: "calendar", unit, timeZone: "UTC" }) as const;
/** Any minute. */
export const minute = { kind: "rolling", ms: 60_000 } as const;
/** Money alone. */
export const dollars = (nanoUsd: number): Amounts => ({ nanoUsd, inputTokens: 0, outputTokens: 0 });
/** Tokens alone. */
export const tokens = (inputTokens: number, outputTokens: number): Amounts => ({
  nanoUsd: 0,
  inputTokens,
  outputTokens,
});
/** A scope with these limits. */
export const scoped = (id: string, ...limits: Limit[]): LimitScope => limitScope({ id, limits });
/** What is used and held, limit by limit. */
export const counted = (usages: readonly LimitUsage[]): Pick<LimitUsage, "used" | "held">[] =>
  usages.map(({ used, held }) => ({ used, held }));
/** A budget of a team that is much used here. */
export const month = scoped("team a", { of: "nanoUsd", amount: 100, window: utc("month") });
