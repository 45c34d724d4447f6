/** Remembers what was made last, at most so many; the oldest makes room. */
export interface BoundedCache<Key, Value> {
  /** What was made for this key before, if it still holds, else what `make` makes now. `undefined` is not remembered. */
  take(key: Key, make: () => Value, stillHolds?: (value: Value) => boolean): Value;
}

/** An empty cache for `most` values. */
export function boundedCache<Key, Value>(most: number): BoundedCache<Key, Value> {
  const made = new Map<Key, Value>();
  return {
    take(key, make, stillHolds) {
      const known = made.get(key);
      if (known !== undefined && stillHolds?.(known) !== false) return known;
      const value = make();
      made.delete(key);
      if (value === undefined) return value;
      if (made.size >= most) {
        const oldest = made.keys().next();
        if (oldest.done !== true) made.delete(oldest.value);
      }
      made.set(key, value);
      return value;
    },
  };
}
