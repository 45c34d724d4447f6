const idDigits = 12;

/** The id of a key that was given none: stable for the same key and hash key, and tells nothing about the key. */
export function keyIdOf(digest: string): string {
  return `key_${digest.slice(0, idDigits)}`;
}
