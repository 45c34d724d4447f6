import type { CalendarUnit, LimitWindow } from "../limits/limit.ts";
import type { LimitUsage } from "../limits/limit-store.ts";

/** The levels whose budgets can be asked for. */
type BudgetLevel = "key" | "user" | "team" | "customer";

/** What budgets can be asked for: all of them, those of a level, or those of a period. */
export type BudgetPart = "used" | BudgetLevel | CalendarUnit | "rolling" | "total";

/** How far the fullest of some budgets is used: 0 unused or none there, 1 all of it, and above what went beyond. */
export type BudgetUse = Readonly<Record<BudgetPart, number>>;

/** Every part, with what it takes in. */
export const budgetParts: readonly (readonly [part: BudgetPart, over: string])[] = [
  ["used", "how far the fullest budget is used that counts for the request, of any level and period"],
  ["key", "the same of the key's own budgets"],
  ["user", "the same of its user's"],
  ["team", "the same of its team's"],
  ["customer", "the same of its customer's"],
  ["minute", "the same of budgets a minute, on any level"],
  ["hour", "of budgets an hour"],
  ["day", "of budgets a day"],
  ["week", "of budgets a week"],
  ["month", "of budgets a month"],
  ["quarter", "of budgets a quarter"],
  ["year", "of budgets a year"],
  ["rolling", "of budgets in any stretch of time"],
  ["total", "of budgets for all time"],
];

/** The fullest budget of each part. Only money counts, and only what is used for sure: not what running requests hold. */
export function budgetUse(usages: readonly LimitUsage[]): BudgetUse {
  const fullest: Record<BudgetPart, number> = {
    used: 0,
    key: 0,
    user: 0,
    team: 0,
    customer: 0,
    minute: 0,
    hour: 0,
    day: 0,
    week: 0,
    month: 0,
    quarter: 0,
    year: 0,
    rolling: 0,
    total: 0,
  };
  for (const { scope, limit, used } of usages) {
    const period = limit.of === "nanoUsd" ? periodName(limit.window) : undefined;
    if (period === undefined) continue;
    // A budget of nothing is always used up.
    const share = limit.amount > 0 ? used / limit.amount : 1;
    const level = levelOf(scope);
    for (const part of level === undefined ? (["used", period] as const) : (["used", period, level] as const)) {
      fullest[part] = Math.max(fullest[part], share);
    }
  }
  return fullest;
}

function levelOf(scope: string): BudgetLevel | undefined {
  const [level] = scope.split(" ", 1);
  return level === "key" || level === "user" || level === "team" || level === "customer" ? level : undefined;
}

/** Undefined for caps on a single request, which are never used up. */
function periodName(window: LimitWindow): BudgetPart | undefined {
  if (window.kind === "calendar") return window.unit;
  return window.kind === "rolling" || window.kind === "total" ? window.kind : undefined;
}
