import type { EntryKind, EntrySpec } from "./directory-entry.ts";
import { plainJson } from "./plain-json.ts";

/** What was done to one entry, by whom and when. Holds no secret, and no digest. */
export interface AuditEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  /** The version that the change made; several entries that were changed at once have the same. */
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly kind: EntryKind;
  readonly name: string;
  readonly before: EntrySpec | undefined;
  readonly after: EntrySpec | undefined;
  /** SHA-256 of this entry and the hash of the one before, in hexadecimal: none can be changed or left out unnoticed. */
  readonly hash: string;
}

/** Where a chain of audit entries ends. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first entry. */
export const auditStart: AuditHead = { seq: 0, hash: "" };

/** Who does something, when and as which version. */
export interface AuditStamp {
  readonly actor: string;
  readonly atMs: number;
  readonly version: number;
}

/** What an audit entry says of one entry, before it has a place. */
export interface AuditedEdit extends Pick<AuditEntry, "action" | "kind" | "name"> {
  readonly before: { readonly spec: EntrySpec } | undefined;
  readonly after: { readonly spec: EntrySpec } | undefined;
}

/** The audit entries of edits, chained to those before. */
export async function auditOf(
  edits: readonly AuditedEdit[],
  stamp: AuditStamp,
  head: AuditHead,
): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = [];
  let last = head;
  for (const { action, kind, name, before, after } of edits) {
    const { actor, atMs, version } = stamp;
    const shown = { before: before && shownSpec(before.spec), after: after && shownSpec(after.spec) };
    const unsealed = { seq: last.seq + 1, version, atMs, actor, action, kind, name, ...shown };
    const entry = { ...unsealed, hash: await hashOf(unsealed, last.hash) };
    entries.push(entry);
    last = entry;
  }
  return entries;
}

/** The first entry that does not follow from the one before; undefined when all do. `head` is where `entries` begin. */
export async function auditBreak(
  entries: Iterable<AuditEntry> | AsyncIterable<AuditEntry>,
  head: AuditHead = auditStart,
): Promise<AuditEntry | undefined> {
  let last = head;
  for await (const entry of entries) {
    const { hash, ...unsealed } = entry;
    if (entry.seq !== last.seq + 1 || hash !== (await hashOf(unsealed, last.hash))) return entry;
    last = entry;
  }
  return undefined;
}

async function hashOf(unsealed: Omit<AuditEntry, "hash">, before: string): Promise<string> {
  const bytes = new TextEncoder().encode(plainJson([before, unsealed]));
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const shownDigits = 6;

/** A spec for people: of digests only the beginning is left, which tells values apart and helps nobody to guess one. */
function shownSpec(spec: EntrySpec): EntrySpec {
  const { digest, previous, ...rest } = spec;
  const old = typeof previous === "object" && previous !== null ? { previous: { ...previous, digest: "…" } } : {};
  return { ...rest, ...(typeof digest === "string" && { digest: `${digest.slice(0, shownDigits)}…` }), ...old };
}
