/** What a {@link Roster} holds. It keeps its own place there, so that nothing has to be looked for. */
export interface Listed {
  /** For the roster alone; `nowhere` outside of one. */
  place: number;
}

/** The place of what is in no roster. */
export const nowhere = -1;

/**
 * What is under way now, in no order. An array and no `Set`: one that is added to and deleted from moves to a new table now
 * and then, and V8 has the old table refer to the new one. So once one such table has grown old, all later ones live on
 * until the next full collection with all that was ever in them, which for a gateway was every request and its answer.
 */
export class Roster<T extends Listed> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** Adds what is in no roster. */
  add(item: T): void {
    item.place = this.#items.length;
    this.#items.push(item);
  }

  /** Takes an item out. False when it was not there. */
  delete(item: T): boolean {
    const { place } = item;
    if (place === nowhere) return false;
    item.place = nowhere;
    const last = this.#items.pop();
    if (last === undefined || last === item) return true;
    last.place = place;
    this.#items[place] = last;
    return true;
  }

  /** Calls `visit` for each that is there now; it may take out any of them, and add others, which are not visited. */
  forEach(visit: (item: T) => void): void {
    // From the end: what takes the place of one that is taken out has been visited.
    for (let at = this.#items.length - 1; at >= 0; at -= 1) {
      const item = this.#items[at];
      if (item !== undefined) visit(item);
    }
  }
}
