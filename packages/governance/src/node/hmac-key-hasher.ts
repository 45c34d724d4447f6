import { createHmac, createSecretKey } from "node:crypto";
import { GovernanceError } from "../errors.ts";
import type { KeyHasher } from "../keys/key-hasher.ts";

const leastHashKeyBytes = 16;

/**
 * A {@link KeyHasher} that is HMAC-SHA-256 under `hashKey`, written as base64url.
 * Whoever reads the digests cannot try keys against them without `hashKey`, and cannot steer a lookup by timing.
 * Throws a GovernanceError when `hashKey` has less than 16 bytes.
 */
export function hmacKeyHasher(hashKey: Uint8Array): KeyHasher {
  if (hashKey.length < leastHashKeyBytes) {
    throw new GovernanceError(
      "weak-hash-key",
      `the key for hashing has ${hashKey.length} bytes; give it at least ${leastHashKeyBytes} random ones`,
    );
  }
  const secret = createSecretKey(hashKey);
  return { digest: (token) => createHmac("sha256", secret).update(token).digest("base64url") };
}
