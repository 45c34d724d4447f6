import { GovernanceError } from "../errors.ts";
import { hmacKeyHasher } from "../node/hmac-key-hasher.ts";
import type { Database } from "./database.ts";
import { hashKey } from "./schema/directory-tables.ts";

/** Where the key for hashing comes from. */
export interface HashKeyOptions {
  /** Migrated before. */
  readonly database: Database;
  /** The key, where the configuration gives it. It is not stored then. */
  readonly given?: Uint8Array | undefined;
  /** So many unpredictable bytes, for a key that is made here and stored. */
  readonly random: (bytes: number) => Uint8Array;
}

const keyBytes = 32;
const printed = "the print of a key for hashing";

/**
 * The key under which all processes that share a database hash virtual keys: the one that is given, the one that is
 * stored, or a new one. Throws a GovernanceError `wrong-hash-key` for another than before, under which no key that was
 * stored would be known any more, and `weak-hash-key` for one that is too short.
 */
export async function settleHashKey({ database, given, random }: HashKeyOptions): Promise<Uint8Array> {
  const offered = given ?? random(keyBytes);
  const print = hmacKeyHasher(offered).digest(printed);
  const value = given === undefined ? Buffer.from(offered).toString("base64url") : undefined;
  const settled = await database.run(async (queries) => {
    await queries.insert(hashKey).values({ print, value }).onConflictDoNothing();
    const [row] = await queries.select().from(hashKey);
    return row;
  });
  if (settled?.print === print) return offered;
  if (given === undefined && typeof settled?.value === "string") return Buffer.from(settled.value, "base64url");
  throw new GovernanceError(
    "wrong-hash-key",
    given === undefined
      ? "the virtual keys of this database are hashed under a key that another gateway's configuration gives; give the same"
      : "the virtual keys of this database are hashed under another key than the one that is given; give that one, or none " +
          "where the database made it itself",
  );
}
