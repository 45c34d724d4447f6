/**
 * `amount * count / of` in whole numbers, rounded up. Exact where the result is: the amount is split into a multiple of
 * `of` and the rest, so that no product leaves the integers of a double, and nothing is rounded before the end.
 */
export function shareOf(amount: number, count: number, of: number): number {
  const odd = amount % of;
  const product = count * odd;
  const rest = product % of;
  return count * ((amount - odd) / of) + (product - rest) / of + (rest > 0 ? 1 : 0);
}
