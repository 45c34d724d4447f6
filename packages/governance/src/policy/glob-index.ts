import type { Glob } from "./compile-glob.ts";

/** Finds the first of many globs that matches a text, without trying them all. */
export type GlobIndex<Entry> = (text: string) => Entry | undefined;

interface Candidate<Entry> {
  readonly entry: Entry;
  readonly glob: Glob;
  readonly index: number;
}

/** Sorts entries by what their globs begin with: a text is held only against those that begin as it does. */
export function globIndex<Entry extends { readonly glob: Glob }>(entries: readonly Entry[]): GlobIndex<Entry> {
  const byHead = new Map<string, Candidate<Entry>[]>();
  for (const [index, entry] of entries.entries()) {
    const [head = ""] = entry.glob.pattern.split("*", 1);
    const alike = byHead.get(head) ?? [];
    alike.push({ entry, glob: entry.glob, index });
    byHead.set(head, alike);
  }
  const lengths = [...new Set(Array.from(byHead.keys(), (head) => head.length))];
  return (text) => {
    let first: Candidate<Entry> | undefined;
    for (const length of lengths) {
      const alike = length > text.length ? undefined : byHead.get(text.slice(0, length));
      const found = alike?.find(({ glob }) => glob.matches(text));
      if (found !== undefined && (first === undefined || found.index < first.index)) first = found;
    }
    return first?.entry;
  };
}
