import { GovernanceError } from "../errors.ts";

/** What every key made here begins with, so that people and secret scanners know it. */
export const keyPrefix = "sk-db-";

const keyBytes = 24;

/**
 * A new virtual key: the prefix and 192 random bits as base64url.
 * `random` gives so many unpredictable bytes; throws a GovernanceError when it gives fewer.
 */
export function mintKey(random: (bytes: number) => Uint8Array): string {
  const bytes = random(keyBytes);
  if (bytes.length < keyBytes) {
    throw new GovernanceError("bad-random", `random(${keyBytes}) gave ${bytes.length} bytes; a key needs all of them`);
  }
  const base64 = btoa(String.fromCharCode(...bytes.subarray(0, keyBytes)));
  return keyPrefix + base64.replaceAll("+", "-").replaceAll("/", "_");
}
