import type { BillRow } from "../provider/bill.ts";

/** One line of the gateway's book, as far as money goes. */
export interface BookRow {
  /** Names the client's request. */
  readonly label: string;
  readonly requestId: string;
  readonly attempt: number;
  readonly kind: "open" | "close" | "void" | "expire" | "adjust";
  readonly nanoUsd: number;
  /** How well it is known: `final` is the provider's own count. */
  readonly source: string;
  readonly key: string;
}

/** How a limit stood when everything was over. */
export interface LimitState {
  readonly scope: string;
  /** Names of the keys whose requests count in it. */
  readonly keys: readonly string[];
  readonly limitNanoUsd: number;
  readonly usedNanoUsd: number;
  readonly heldNanoUsd: number;
}

/** How a request ended for its client. */
export interface Outcome {
  readonly label: string;
  readonly key: string;
  readonly kind:
    | "answered"
    | "broken"
    | "refused"
    | "unavailable"
    | "aborted"
    | "disconnected"
    | "hung"
    | "unexplained";
  readonly told: string;
}

/** All that is known when a campaign is over. */
export interface Evidence {
  readonly bill: readonly BillRow[];
  readonly book: readonly BookRow[];
  readonly limits: readonly LimitState[];
  readonly outcomes: readonly Outcome[];
  readonly faults: number;
  /** Gateways that ended without having been told to, and what they said last. */
  readonly collapses: readonly string[];
}

/** What came of a campaign, money in nano-USD. */
export interface Verdict {
  readonly faults: number;
  readonly requests: number;
  readonly billed: number;
  readonly recorded: number;
  /** Billed and not recorded, over all requests that this is true of. */
  readonly lost: number;
  /** Billed beyond the limits that it counts in. */
  readonly overspent: number;
  /** Requests of which more was recorded than billed without being flagged as an estimate. */
  readonly doubleCharges: number;
  /** Recorded and not billed, flagged as an estimate. */
  readonly overRecorded: number;
  /** What must not be, in words; empty when the campaign has passed. */
  readonly problems: readonly string[];
}

/** Compares the gateway's book with the provider's bill, and both with the limits. */
export function judge({ bill, book, limits, outcomes, faults, collapses }: Evidence): Verdict {
  const keyOf = new Map(outcomes.map(({ label, key }) => [label, key]));
  const requests = attribute(compareRequests(bill, book), book, keyOf);
  const lost = sum(requests.map(({ billed, recorded }) => Math.max(0, billed - recorded)));
  const over = requests.filter(({ billed, recorded }) => recorded > billed);
  const unflagged = over.filter(({ estimated }) => !estimated);
  const overspent = limits.map((limit) => ({ ...limit, beyond: beyondOf(limit, requests, keyOf) }));
  return {
    faults,
    requests: outcomes.length,
    billed: sum(requests.map(({ billed }) => billed)),
    recorded: sum(requests.map(({ recorded }) => recorded)),
    lost,
    overspent: sum(overspent.map(({ beyond }) => beyond)),
    doubleCharges: unflagged.length,
    overRecorded: sum(over.filter(({ estimated }) => estimated).map(({ billed, recorded }) => recorded - billed)),
    problems: [
      ...collapses.map((told) => `a gateway ended by itself: ${told}`),
      ...requests
        .filter(({ billed, recorded }) => billed > recorded)
        .map(({ label, billed, recorded }) => `${label}: ${billed} billed, only ${recorded} recorded`),
      ...unflagged.map(
        ({ label, billed, recorded }) => `${label}: ${recorded} recorded as final, only ${billed} billed`,
      ),
      ...overspent
        .filter(({ beyond }) => beyond > 0)
        .map(({ scope, beyond }) => `${scope}: ${beyond} billed beyond its limit`),
      ...limitProblems(limits, book),
      ...unended(book),
      ...outcomes
        .filter(({ kind }) => kind === "hung" || kind === "unexplained")
        .map(({ label, kind, told }) => `${label}: ${kind}: ${told}`),
    ],
  };
}

/** How the requests ended for their clients, so that a campaign that refused everything shows. */
export function outcomeLine(outcomes: readonly Outcome[]): string {
  const counts = Map.groupBy(outcomes, ({ kind }) => kind);
  return Array.from(counts, ([kind, { length }]) => `${length} ${kind}`).join(", ");
}

/** The verdict as the one line that a campaign ends with. */
export function verdictLine({
  faults,
  requests,
  lost,
  overspent,
  doubleCharges,
  overRecorded,
  billed,
}: Verdict): string {
  const cents = (nanoUsd: number): string => String(Math.round(nanoUsd / 100) / 100_000);
  const percent = billed === 0 ? 0 : Math.round((overRecorded / billed) * 10_000) / 100;
  return (
    `${faults} faults, ${requests} requests: ${cents(lost)} cents lost, ${cents(overspent)} cents overspent, ` +
    `${doubleCharges} double charges, over-recorded ${percent} %`
  );
}

interface RequestMoney {
  readonly label: string;
  readonly billed: number;
  readonly recorded: number;
  /** Whether any of what was recorded is an estimate. */
  readonly estimated: boolean;
}

function compareRequests(bill: readonly BillRow[], book: readonly BookRow[]): RequestMoney[] {
  const billed = Map.groupBy(bill, ({ label }) => label);
  const recorded = Map.groupBy(book, ({ label }) => label);
  return [...new Set([...billed.keys(), ...recorded.keys()])].map((label) => {
    const rows = recorded.get(label) ?? [];
    const ends = rows.filter(({ kind }) => kind !== "open");
    return {
      label,
      billed: sum((billed.get(label) ?? []).map(({ nanoUsd }) => nanoUsd)),
      recorded: sum(ends.map(({ nanoUsd }) => nanoUsd)),
      estimated: ends.some(({ source }) => source !== "final"),
    };
  });
}

/**
 * A gateway that was killed before its first word to the book leaves a hold that is charged later to its key, with no
 * label: such entries stand for the requests of the key that have none.
 */
function attribute(
  requests: readonly RequestMoney[],
  book: readonly BookRow[],
  keyOf: ReadonlyMap<string, string>,
): RequestMoney[] {
  const nameless = book.filter(({ label, requestId }) => label === requestId);
  const left = new Map<string, number>();
  for (const { key, nanoUsd } of nameless) left.set(key, (left.get(key) ?? 0) + nanoUsd);
  const names = new Set(nameless.map(({ label }) => label));
  const named = requests.filter(({ label }) => !names.has(label));
  const settled = named.map((request) => {
    const missing = request.billed - request.recorded;
    const key = keyOf.get(request.label) ?? "";
    const found = Math.min(missing, left.get(key) ?? 0);
    if (found <= 0) return request;
    left.set(key, (left.get(key) ?? 0) - found);
    return { ...request, recorded: request.recorded + found, estimated: true };
  });
  const rest = Array.from(left, ([key, recorded]) => ({
    label: `${key}, unnamed`,
    billed: 0,
    recorded,
    estimated: true,
  }));
  return [...settled, ...rest];
}

function beyondOf(
  { keys, limitNanoUsd }: LimitState,
  requests: readonly RequestMoney[],
  keyOf: ReadonlyMap<string, string>,
): number {
  const counted = requests.filter(({ label }) => keys.includes(keyOf.get(label) ?? ""));
  return Math.max(0, sum(counted.map(({ billed }) => billed)) - limitNanoUsd);
}

/** At the end nothing is held, and what a limit has counted is what the book says. */
function limitProblems(limits: readonly LimitState[], book: readonly BookRow[]): string[] {
  return limits.flatMap(({ scope, keys, usedNanoUsd, heldNanoUsd }) => {
    const rows = book.filter((row) => row.kind !== "open" && keys.includes(row.key));
    const recorded = sum(rows.map(({ nanoUsd }) => nanoUsd));
    return [
      ...(heldNanoUsd === 0 ? [] : [`${scope}: ${heldNanoUsd} still held`]),
      ...(recorded === usedNanoUsd ? [] : [`${scope}: its limit has counted ${usedNanoUsd}, the book ${recorded}`]),
    ];
  });
}

/** Attempts that began and never ended, or ended twice. */
function unended(book: readonly BookRow[]): string[] {
  const attempts = Map.groupBy(book, ({ requestId, attempt }) => `${requestId}.${attempt}`);
  return [...attempts].flatMap(([id, rows]) => {
    const ends = rows.filter(({ kind }) => kind === "close" || kind === "void");
    const expired = rows.some(({ kind }) => kind === "expire");
    if (ends.length > 1) return [`${id}: ended ${ends.length} times`];
    return ends.length === 0 && !expired ? [`${id}: opened and never ended`] : [];
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
