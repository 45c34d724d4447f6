import { GovernanceError } from "../errors.ts";
import type { Limit, LimitWindow, Quantity } from "./limit.ts";

/** A limit with the name that its usage is kept under. */
export interface LimitRule {
  readonly scope: string;
  readonly limit: Limit;
  /** The same for limits of a scope that differ in `amount` only. */
  readonly meter: string;
  /** The same for all limits with the same window. */
  readonly windowKey: string;
}

/** Somebody or something with limits of its own: a customer, team, user, key or provider. Made once, used by many. */
export interface LimitScope {
  readonly id: string;
  /** What is kept in one place, so that one step can hold in all of it: a tenant with all below it, or a provider. */
  readonly partition: string;
  readonly rules: readonly LimitRule[];
}

/** A scope as it is told. */
export interface LimitScopeRules {
  readonly id: string;
  readonly partition?: string;
  readonly limits: readonly Limit[];
}

const longestRollingMs = 366 * 24 * 60 * 60 * 1000;

/**
 * Checks the limits of a scope and prepares them. `id` names the scope for people as well, like `team payments`, and
 * names one scope only, whatever the partition; `partition` is like `customer acme`, and empty unless told.
 * Throws a GovernanceError for an amount that is no whole number from 0 to 2^53 - 1 (9 million USD), a window that makes
 * no sense, and two limits that differ in nothing but the amount.
 */
export function limitScope({ id, partition = "", limits }: LimitScopeRules): LimitScope {
  if (id === "") throw new GovernanceError("invalid-limit", "a scope of limits has an empty id; name it");
  const rules = limits.map((limit, index): LimitRule => {
    const problem = limitProblem(limit);
    if (problem !== undefined) {
      throw new GovernanceError("invalid-limit", `limit ${index + 1} of scope "${id}" ${problem}`);
    }
    const windowKey = windowKeyOf(limit.window);
    return { scope: id, limit, windowKey, meter: JSON.stringify([id, limit.of, windowKey]) };
  });
  const twice = rules.find(({ meter }, index) => rules.findIndex((rule) => rule.meter === meter) !== index);
  if (twice !== undefined) {
    throw new GovernanceError(
      "invalid-limit",
      `scope "${id}" has two limits on ${twice.limit.of} with the same window; keep the smaller one`,
    );
  }
  return { id, partition, rules };
}

/** The same text for windows that are the same. */
export function windowKeyOf(window: LimitWindow): string {
  if (window.kind === "calendar") return `${window.unit} ${window.timeZone}`;
  return window.kind === "rolling" ? `${window.ms} ms` : window.kind;
}

/** What is wrong with a limit, as the end of a sentence; undefined when nothing is. */
export function limitProblem({ of, amount, window }: Limit): string | undefined {
  if (!Number.isSafeInteger(amount) || amount < 0) {
    return `has the amount ${amount}; give a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`;
  }
  return problemOfWindow(window, of);
}

function problemOfWindow(window: LimitWindow, of: Quantity): string | undefined {
  switch (window.kind) {
    case "calendar":
      return isTimeZone(window.timeZone)
        ? undefined
        : `has the time zone "${window.timeZone}"; give one of IANA's names`;
    case "rolling":
      return canRoll(window.ms)
        ? undefined
        : `rolls over ${window.ms} ms; give a whole number from 1000 (a second) to ${longestRollingMs} (366 days)`;
    case "parallel":
      return of === "requests" ? undefined : `counts ${of} in parallel; only requests can be`;
    case "request":
      return of === "requests" ? "counts requests a request; give tokens or nanoUsd" : undefined;
    case "total":
      return undefined;
    // Stores hold what another version has written; where that means nothing it must not count as no limit.
    default:
      return "has a window of a kind that is not known here";
  }
}

function canRoll(ms: number): boolean {
  return Number.isSafeInteger(ms) && ms >= 1000 && ms <= longestRollingMs;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
