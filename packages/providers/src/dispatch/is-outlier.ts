/** Calls of the last seconds that went well and that failed. */
export interface RecentCalls {
  readonly good: number;
  readonly bad: number;
}

/** With fewer calls a share says nothing. */
const fewest = 20;
const leastShare = 0.1;
const timesOthers = 3;

/** True when a place fails so much more often than its equals together that it is the place and not the day. */
export function isOutlier(own: RecentCalls, equals: readonly RecentCalls[]): boolean {
  const all = equals.reduce((sum, { good, bad }) => ({ good: sum.good + good, bad: sum.bad + bad }), {
    good: 0,
    bad: 0,
  });
  if (own.good + own.bad < fewest || all.good + all.bad < fewest) return false;
  const share = shareOf(own);
  return share >= leastShare && share >= timesOthers * shareOf(all);
}

function shareOf({ good, bad }: RecentCalls): number {
  return bad / (good + bad);
}
