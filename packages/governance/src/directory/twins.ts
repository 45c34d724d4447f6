/** An item that says the same as an earlier one. */
export interface Twin {
  readonly index: number;
  /** The first that says it. */
  readonly first: number;
}

/** The items whose text an earlier one has; undefined is none. Where there are no twins, as nearly always, it costs little. */
export function twins<Item>(items: readonly Item[], textOf: (item: Item) => string | undefined): readonly Twin[] {
  const texts = new Set<string>();
  let count = 0;
  for (const item of items) {
    const text = textOf(item);
    if (text === undefined) continue;
    texts.add(text);
    count += 1;
  }
  return texts.size === count ? [] : pairs(items, textOf);
}

function pairs<Item>(items: readonly Item[], textOf: (item: Item) => string | undefined): readonly Twin[] {
  const firsts = new Map<string, number>();
  return items.flatMap((item, index): Twin[] => {
    const text = textOf(item);
    const first = text === undefined ? undefined : firsts.get(text);
    if (first !== undefined) return [{ index, first }];
    if (text !== undefined) firsts.set(text, index);
    return [];
  });
}
