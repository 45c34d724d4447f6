/** Makes ids that nobody can guess: `req_` or `msg_` and 32 hexadecimal digits. */
export type MintId = (prefix: "msg" | "req") => string;

const idBytes = 16;
const pooledIds = 256;

/** A minter that asks for random bytes many ids at a time, because asking costs more than all else. */
export function createIdMinter(fillRandomly: (bytes: Uint8Array) => unknown): MintId {
  const pool = Buffer.alloc(idBytes * pooledIds);
  let next = pool.length;
  return (prefix) => {
    if (next === pool.length) {
      fillRandomly(pool);
      next = 0;
    }
    const start = next;
    next += idBytes;
    return `${prefix}_${pool.toString("hex", start, next)}`;
  };
}
