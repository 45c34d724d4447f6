import type { CalendarUnit, LimitWindow } from "@drawbridge/governance";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const rollingUnits: Readonly<Record<string, number>> = { s: 1_000, m: minuteMs, h: hourMs, d: dayMs, w: 7 * dayMs };
const calendarUnits: readonly CalendarUnit[] = ["minute", "hour", "day", "week", "month", "quarter", "year"];
const longestRollingMs = 366 * dayMs;

/** What {@link parseBudgetWindow} takes, for a sentence. */
export const budgetWindows = `${calendarUnits.join(", ")}, total, or a rolling window such as 24h rolling or 30d rolling`;

/** When a budget begins anew: `month` by the calendar of a time zone, `24h rolling`, or never, as a `total`. */
export function parseBudgetWindow(per: unknown, timeZone: string | undefined): LimitWindow | undefined {
  if (per === "total") return { kind: "total" };
  const unit = calendarUnits.find((one) => one === per);
  if (unit !== undefined) return { kind: "calendar", unit, timeZone: timeZone ?? "UTC" };
  const [, count = "", letter = ""] = /^(\d{1,8})\s?([smhdw]) rolling$/.exec(String(per).trim()) ?? [];
  const ms = Number(count) * (rollingUnits[letter] ?? 0);
  return ms >= 1_000 && ms <= longestRollingMs ? { kind: "rolling", ms } : undefined;
}

const rateUnits: Readonly<Record<string, number>> = { second: 1_000, minute: minuteMs, hour: hourMs, day: dayMs };

/** What {@link parseRateWindow} takes, for a sentence. */
export const rateWindows = Object.keys(rateUnits).join(", ");

/** In which stretch of time, wherever it begins, a rate holds. */
export function parseRateWindow(per: unknown): LimitWindow | undefined {
  const ms = typeof per === "string" && Object.hasOwn(rateUnits, per) ? rateUnits[per] : undefined;
  return ms === undefined ? undefined : { kind: "rolling", ms };
}
