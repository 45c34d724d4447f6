import type { AuditNote, DirectoryStore, EntryKind } from "@drawbridge/governance";
import type { Drift, RedisLimitStore } from "@drawbridge/governance/redis";
import type { Logger } from "pino";

/** What an audit of what Redis has counted needs. */
export interface DriftAuditOptions {
  readonly store: Pick<RedisLimitStore, "audit">;
  readonly directory: Pick<DirectoryStore, "note">;
  /** Who puts right what differs, for the audit. */
  readonly actor: string;
  readonly log: Pick<Logger, "error" | "info">;
}

/**
 * An audit to be called each minute or so, which never rejects: what Redis had counted otherwise than the book is put right,
 * logged and written down. What cannot be written down now is, after the next one.
 */
export function driftAudit({ store, directory, actor, log }: DriftAuditOptions): () => Promise<void> {
  let unwritten: readonly AuditNote[] = [];
  return async () => {
    try {
      const drifts = await store.audit();
      for (const drift of drifts) {
        log.error({ event: "drift", ...drift }, "Redis had counted otherwise than the book, and was put right");
      }
      unwritten = [...unwritten, ...drifts.map(noteOf)];
      if (unwritten.length === 0) return;
      await directory.note(actor, unwritten);
      unwritten = [];
    } catch (error) {
      // Redis or PostgreSQL is away, which is told where it matters; the next minute looks again.
      log.info({ reason: error instanceof Error ? error.message : String(error) }, "limits could not be compared");
    }
  };
}

/** By how much Redis had more than the book, before and after. */
function noteOf({ partition, meter, startMs, settled, held }: Drift): AuditNote {
  const kind = kinds.find((one) => partition.startsWith(`${one} `)) ?? "customer";
  const name = partition.slice(partition.indexOf(" ") + 1);
  const of = { meter, start: new Date(startMs).toISOString() };
  return {
    action: "heal",
    kind,
    name,
    before: { ...of, usedTooMuch: settled, heldTooMuch: held },
    after: { ...of, usedTooMuch: 0, heldTooMuch: 0 },
  };
}

/** What partitions are called after. */
const kinds: readonly EntryKind[] = ["customer", "team", "user", "key", "provider"];
