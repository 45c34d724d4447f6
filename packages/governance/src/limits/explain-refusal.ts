import type { Limit, LimitWindow, Quantity } from "./limit.ts";
import type { LimitRefusal } from "./limit-store.ts";

/** A refusal as a sentence for the person who asked: scope, limit, what is used and held, and when it resets. */
export function explainRefusal(refusal: LimitRefusal): string {
  const { scope, limit, used, held, need, resetsAtMs } = refusal;
  const amount = (value: number): string => describeAmount(limit.of, value);
  const limited = `${scope} may use ${describeLimit(limit)}`;
  if (limit.window.kind === "parallel" && need <= limit.amount) {
    return `${scope} may run ${amount(limit.amount)} at once and does; try again when one has ended`;
  }
  if (need > limit.amount) {
    return `${limited}, and this request may take ${amount(need)}, which never fits; ask for less, or have the limit raised`;
  }
  const state = `${amount(used)} used and ${amount(held)} held by running requests`;
  const end = resetsAtMs === undefined ? "does not reset by itself" : resetOf(limit, resetsAtMs);
  return `${limited}: ${state}; this request may take ${amount(need)} more. The limit ${end}`;
}

/** A limit as part of a sentence: `500.00 USD a month (Europe/Berlin)`. */
export function describeLimit({ of, amount, window }: Limit): string {
  return `${describeAmount(of, amount)}${withinOf(window)}`;
}

function resetOf(limit: Limit, atMs: number): string {
  const at = new Date(atMs).toISOString();
  return limit.window.kind === "calendar" ? `resets at ${at}` : `gives room again at ${at}`;
}

function withinOf(window: LimitWindow): string {
  switch (window.kind) {
    case "calendar":
      return ` ${window.unit === "hour" ? "an" : "a"} ${window.unit} (${window.timeZone})`;
    case "rolling":
      return ` in any ${durationOf(window.ms)}`;
    case "parallel":
      return " at once";
    case "request":
      return " in one request";
    case "total":
      return " in total";
  }
}

const durations: readonly (readonly [string, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
];

function durationOf(ms: number): string {
  const [name, length] = durations.find(([, unitMs]) => ms % unitMs === 0) ?? ["ms", 1];
  const count = ms / length;
  if (name === "ms") return `${count} ms`;
  return count === 1 ? name : `${count} ${name}s`;
}

const units: Readonly<Record<Exclude<Quantity, "nanoUsd">, string>> = {
  requests: "request",
  inputTokens: "input token",
  outputTokens: "output token",
  totalTokens: "token",
};

/** An amount as part of a sentence: `0.25 USD`, `1024 output tokens`. */
export function describeAmount(of: Quantity, value: number): string {
  if (of === "nanoUsd") return `${dollars(value)} USD`;
  return `${value} ${units[of]}${value === 1 ? "" : "s"}`;
}

/** At least two places, and as many as the amount has: nothing is rounded. */
function dollars(nanoUsd: number): string {
  const fraction = String(nanoUsd % 1_000_000_000).padStart(9, "0");
  return `${Math.floor(nanoUsd / 1_000_000_000)}.${fraction.replace(/0{1,7}$/u, "")}`;
}
