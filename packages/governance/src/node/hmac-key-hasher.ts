import { hash } from "node:crypto";
import { GovernanceError } from "../errors.ts";
import type { KeyHasher } from "../keys/key-hasher.ts";

const leastHashKeyBytes = 16;

/**
 * A {@link KeyHasher} that is HMAC-SHA-256 under `hashKey`, written as base64url.
 * Whoever reads the digests cannot try keys against them without `hashKey`, and cannot steer a lookup by timing.
 * A client presents one key over and over on the connection that it keeps, and hashing it took a twelfth of the CPU time
 * of a small request: so the key of a connection's last request is remembered until another is presented on it or it is
 * closed, and compared in constant time, since a proxy may send several users' requests over one connection.
 * Throws a GovernanceError when `hashKey` has less than 16 bytes.
 */
export function hmacKeyHasher(hashKey: Uint8Array): KeyHasher {
  if (hashKey.length < leastHashKeyBytes) {
    throw new GovernanceError(
      "weak-hash-key",
      `the key for hashing has ${hashKey.length} bytes; give it at least ${leastHashKeyBytes} random ones`,
    );
  }
  // Written out as RFC 2104 has it: two hashes made at once take half the time of one HMAC object, for every request.
  const inner = keyBlock(hashKey, 0x36);
  const outer = Buffer.concat([keyBlock(hashKey, 0x5c), Buffer.alloc(digestBytes)]);
  const presented = new WeakMap<object, Presented>();

  function hmac(token: Uint8Array): string {
    const inside = hash("sha256", Buffer.concat([inner, token]), "buffer");
    outer.set(inside, blockBytes);
    return hash("sha256", outer, "base64url");
  }

  return {
    digest(text, connection) {
      if (connection === undefined) return hmac(Buffer.from(text));
      const last = presented.get(connection);
      if (last !== undefined && isSame(last.text, text)) return last.digest;
      const digest = hmac(Buffer.from(text));
      presented.set(connection, { text, digest });
      return digest;
    },
  };
}

/** What was presented last over one connection. */
interface Presented {
  readonly text: string;
  readonly digest: string;
}

const blockBytes = 64;
const digestBytes = 32;

/** Takes as long whichever letters differ. Node's own comparison wants bytes, which takes longer than all of this. */
function isSame(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  let differing = 0;
  for (let at = 0; at < one.length; at += 1) differing |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return differing === 0;
}

/** A key longer than a block is hashed first, a shorter one is filled up with zeros. */
function keyBlock(key: Uint8Array, pad: number): Uint8Array {
  const block = new Uint8Array(blockBytes);
  block.set(key.length > blockBytes ? hash("sha256", key, "buffer") : key);
  return block.map((byte) => byte ^ pad);
}
