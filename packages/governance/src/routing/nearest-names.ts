const longestName = 100;
const mostCandidates = 1_000;
const mostEdits = 8;

/**
 * The candidates that `name` was probably meant to be, nearest first, at most `limit`.
 * One counts as near when few letters (a third of the name, at least two, at most eight) must be changed to get there.
 */
export function nearestNames(name: string, candidates: Iterable<string>, limit = 3): readonly string[] {
  const asked = name.slice(0, longestName).toLowerCase();
  const furthest = Math.min(mostEdits, Math.max(2, Math.floor(asked.length / 3)));
  const near = new Map<string, number>();
  let looked = 0;
  for (const candidate of candidates) {
    if (++looked > mostCandidates) break;
    if (Math.abs(candidate.length - asked.length) > furthest) continue;
    const distance = editDistance(asked, candidate.toLowerCase(), furthest);
    if (distance <= furthest && distance < candidate.length) near.set(candidate, distance);
  }
  const ranked = [...near].sort(([, a], [, b]) => a - b);
  return ranked.slice(0, limit).map(([candidate]) => candidate);
}

/** Levenshtein's: how many letters must be put in, left out or replaced to make `b` of `a`; given up above `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    if (Math.min(...current) > limit) return Infinity;
    above = current;
  }
  return above[b.length] ?? 0;
}
