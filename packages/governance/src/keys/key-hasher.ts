/** Turns a key into what may be stored and compared: a keyed hash, the same for the same key and hash key. */
export interface KeyHasher {
  /** Letters, digits, `-` and `_` only; at least 128 bits. */
  digest(token: string): string;
}
