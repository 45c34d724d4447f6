const mostTokens = 100_000_000;

/**
 * A count that a provider reported as one that can be priced: whole, rounded up, and bounded, which keeps every sum of
 * money exact in a double. What is no count (negative, not a number) is none.
 */
export function countOf(reported: number, most = mostTokens): number {
  return reported > 0 ? Math.min(Math.ceil(reported), most) : 0;
}
