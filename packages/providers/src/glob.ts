/** Makes a test for names from patterns in which `*` stands for any run of characters, case aside. */
export function globTest(patterns: readonly string[]): (name: string) => boolean {
  const tests = patterns.map(single);
  return (name) => {
    const lower = name.toLowerCase();
    return tests.some((test) => test(lower));
  };
}

/** Compares by search, not by regular expression: the time taken is linear whatever the pattern. */
function single(pattern: string): (lower: string) => boolean {
  const [first = "", ...rest] = pattern.toLowerCase().split("*");
  const last = rest.pop();
  if (last === undefined) return (name) => name === first;
  return (name) => {
    if (!name.startsWith(first)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return name.length - last.length >= at && name.endsWith(last);
  };
}
