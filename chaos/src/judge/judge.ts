import { attemptName } from "./counting-rows.ts";
import type { BookRow, Evidence, LimitState } from "./evidence.ts";
import { storyOf } from "./story-of.ts";
import { limitProblems } from "./limit-problems.ts";
import { compareRequests, type RequestMoney } from "./request-money.ts";

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
  /** Requests of which more was recorded as known than was billed. */
  readonly doubleCharges: number;
  /** Recorded and not billed, flagged as an estimate. */
  readonly overRecorded: number;
  /** The part of it that was charged for gateways that never came back. */
  readonly overRecordedForGone: number;
  /** What must not be, in words; empty when the campaign has passed. */
  readonly problems: readonly string[];
}

/** Compares the gateway's book with the provider's bill, and both with the limits. */
export function judge(evidence: Evidence): Verdict {
  const { bill, book, limits, outcomes, slicedKeys, faults, collapses, alarms } = evidence;
  const keyOf = new Map(outcomes.map(({ label, key }) => [label, key]));
  const requests = compareRequests(bill, book, keyOf);
  const lacking = requests.filter(({ billed, recorded }) => billed > recorded);
  const over = requests.filter(({ billed, recorded }) => recorded > billed);
  const doubled = requests.filter(({ billed, known }) => known > billed);
  const overspent = limits
    .map((limit) => ({ ...limit, beyond: beyondOf(limit, requests) }))
    .filter(({ beyond }) => beyond > 0);
  return {
    faults: faults.length,
    requests: outcomes.length,
    billed: sum(requests.map(({ billed }) => billed)),
    recorded: sum(requests.map(({ recorded }) => recorded)),
    lost: sum(lacking.map(({ billed, recorded }) => billed - recorded)),
    overspent: sum(overspent.map(({ beyond }) => beyond)),
    doubleCharges: doubled.length,
    overRecorded: sum(over.map(({ billed, recorded, known }) => recorded - Math.max(billed, known))),
    overRecordedForGone: sum(over.map(({ billed, recorded, expired }) => Math.min(recorded - billed, expired))),
    problems: [
      ...collapses.map((told) => `a gateway ended by itself: ${told}`),
      ...lacking.map(
        ({ label, billed, recorded }) =>
          `${label}: ${billed} billed, only ${recorded} recorded (${storyOf(label, evidence)})`,
      ),
      ...doubled.map(
        ({ label, billed, known }) =>
          `${label}: ${known} recorded as known, only ${billed} billed (${storyOf(label, evidence)})`,
      ),
      ...overspent.map(({ scope, beyond }) => `${scope}: ${beyond} billed beyond its limit`),
      ...limits.flatMap((limit) => limitProblems(limit, book)),
      ...attemptProblems(book, new Set(slicedKeys)),
      ...outcomes
        .filter(({ kind }) => kind === "hung" || kind === "unexplained")
        .map(({ label, kind, told }) => `${label}: ${kind}: ${told}`),
      ...alarms.map((line) => `a gateway has raised an alarm: ${line}`),
    ],
  };
}

function beyondOf({ keys, limitNanoUsd }: LimitState, requests: readonly RequestMoney[]): number {
  const counted = requests.filter(({ key }) => keys.includes(key));
  return Math.max(0, sum(counted.map(({ billed }) => billed)) - limitNanoUsd);
}

/** Attempts that began and never ended, ended twice, or cost more than was held for them. */
function attemptProblems(book: readonly BookRow[], sliced: ReadonlySet<string>): string[] {
  return Array.from(Map.groupBy(book, attemptName)).flatMap(([id, rows]) => {
    const ends = rows.filter(({ kind }) => kind === "close" || kind === "void");
    const expired = rows.filter(({ kind }) => kind === "expire");
    const opened = rows.find(({ kind }) => kind === "open");
    const isWholeHeld = opened !== undefined && !sliced.has(opened.key);
    const most = Math.max(0, ...[...ends, ...expired].map(({ nanoUsd }) => nanoUsd));
    return [
      ...(ends.length > 1 ? [`${id}: ended ${ends.length} times`] : []),
      ...(expired.length > 1 ? [`${id}: expired ${expired.length} times`] : []),
      ...(ends.length + expired.length === 0 ? [`${id}: opened and never ended`] : []),
      ...(isWholeHeld && most > opened.nanoUsd ? [`${id}: ${most} charged, ${opened.nanoUsd} held`] : []),
    ];
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
