/** A set of places in a list: for each place one bit, from the lowest of the first number on. */
export type Places = readonly number[];

/** Places in one number. */
export const placesOfWord = 32;

/** The set of these places in a list of `count`. */
export function placesOf(wanted: Iterable<number>, count: number): Places {
  const words = Array<number>(Math.ceil(count / placesOfWord)).fill(0);
  for (const at of wanted) {
    const word = Math.floor(at / placesOfWord);
    words[word] = (words[word] ?? 0) | (1 << (at % placesOfWord));
  }
  return words;
}

/** The places that are in one of two sets; undefined is an empty one. */
export function together(some: Places | undefined, more: Places | undefined): Places | undefined {
  if (some === undefined || more === undefined) return some ?? more;
  return some.map((word, index) => word | (more[index] ?? 0));
}
