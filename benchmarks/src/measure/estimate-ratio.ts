import { percentile } from "./statistics.ts";

/** What a quantity is, and between which bounds it lies with a likelihood of 95 %. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Costs of two subjects in one round. */
export interface Pair {
  readonly own: number;
  readonly other: number;
}

const resamples = 1_000;

/** Of so many rounds that with the highest ratio and that with the lowest are left out, since something else ran beside one of the two. */
const fewestToTrim = 5;
/** Of so many two of each. */
const fewestToTrimTwice = 12;

/**
 * How many times what `other` costs `own` costs, over all rounds together but the extreme ones. The bounds are a
 * percentile bootstrap: the same of as many rounds, drawn from these again and again. The same pairs give the same bounds.
 * NaN when there are none.
 */
export function estimateRatio(pairs: readonly Pair[]): Estimate {
  const next = repeatableDraws(pairs.length);
  const drawn = Array.from({ length: resamples }, () => ratioOfSums(pairs.map((pair) => pairs[next()] ?? pair)));
  return { value: ratioOfSums(pairs), low: percentile(drawn, 0.025), high: percentile(drawn, 0.975) };
}

function ratioOfSums(pairs: readonly Pair[]): number {
  const ascending = pairs.toSorted((a, b) => a.own / a.other - b.own / b.other);
  let own = 0;
  let other = 0;
  const extremes = extremesIn(pairs.length);
  for (const pair of ascending.slice(extremes, pairs.length - extremes)) {
    own += pair.own;
    other += pair.other;
  }
  return own / other;
}

/** How many of the rounds are left out at each end. */
function extremesIn(rounds: number): number {
  if (rounds < fewestToTrim) return 0;
  return rounds < fewestToTrimTwice ? 1 : 2;
}

/** Whole numbers below `limit`, by the generator "mulberry32". */
function repeatableDraws(limit: number): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((((mixed ^ (mixed >>> 14)) >>> 0) * limit) / 2 ** 32) | 0;
  };
}
