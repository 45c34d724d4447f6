/** Turns a key into what may be stored and compared: a keyed hash, the same for the same key and hash key. */
export interface KeyHasher {
  /**
   * Letters, digits, `-` and `_` only; at least 128 bits. What was presented last over the same connection, an object that
   * lives as long as it does, may be remembered with it.
   */
  digest(token: string, connection?: object): string;
}
