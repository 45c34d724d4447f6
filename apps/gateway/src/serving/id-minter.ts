/** Makes ids that nobody can guess: `req_` or `msg_` and 32 hexadecimal digits. */
export type MintId = (prefix: "msg" | "req") => string;

const idBytes = 16;
const idDigits = idBytes * 2;
const pooledIds = 256;

/** A minter that asks for random bytes, and writes them out, many ids at a time: both cost more than all else. */
export function createIdMinter(fillRandomly: (bytes: Uint8Array) => unknown): MintId {
  const pool = Buffer.alloc(idBytes * pooledIds);
  let digits = "";
  let next = 0;
  return (prefix) => {
    if (next === digits.length) {
      fillRandomly(pool);
      digits = pool.toString("hex");
      next = 0;
    }
    const start = next;
    next += idDigits;
    return `${prefix}_${digits.slice(start, next)}`;
  };
}
