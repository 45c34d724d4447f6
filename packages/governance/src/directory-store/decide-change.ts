import { GovernanceError } from "../errors.ts";
import { nearestNames } from "../routing/nearest-names.ts";
import { keyIdOf } from "../keys/key-id-of.ts";
import type { DirectoryChange } from "./directory-change.ts";
import {
  type DirectoryEntry,
  type EntryEdit,
  type EntryRef,
  type EntrySpec,
  entryTitle,
  specOf,
} from "./directory-entry.ts";
import type { EntryView } from "./entry-index.ts";

/** When a change happens: at which time, and as which version. */
export interface ChangeMoment {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** The version that the directory has with the change. */
  readonly version: number;
}

/**
 * What a change does to the entries that there are. Throws a GovernanceError: `entry-exists`, `unknown-entry`,
 * `managed-by-file` for what the configuration file declares, `entry-changed` for what is no longer what the change was made
 * from, and `invalid-entry` for what makes no sense.
 */
export function decideChange(entries: EntryView, change: DirectoryChange, moment: ChangeMoment): EntryEdit {
  if (change.action === "create") return create(entries, change, moment);
  const before = changeable(entries, { kind: "kind" in change ? change.kind : "key", name: change.name });
  const { kind, name } = before;
  if (change.action === "remove") return { kind, name, action: "remove", before, after: undefined };
  if (change.action === "update") refuseOvertaken(before, change.from);
  const spec = specAfter(before, change, moment.atMs);
  return { kind, name, action: change.action, before, after: { ...before, spec, version: moment.version } };
}

function create(
  entries: EntryView,
  { kind, name, spec, managedBy }: DirectoryChange & { action: "create" },
  { version }: ChangeMoment,
): EntryEdit {
  const known = entries.get(kind, name);
  if (known !== undefined) {
    const remedy =
      known.managedBy === "file" ? "the configuration file declares it" : "change it, or take another name";
    throw new GovernanceError("entry-exists", `there is a ${entryTitle(known)} already; ${remedy}`);
  }
  if (kind === "key") refuseOwn({ kind, name }, spec, ["id", "previous", "revokedAtMs"]);
  const placed = kind === "rule" ? { position: lastPosition(entries) + 1, ...spec } : spec;
  const after = { kind, name, spec: specOf(placed), managedBy, version };
  return { kind, name, action: "create", before: undefined, after };
}

function changeable(entries: EntryView, ref: EntryRef): DirectoryEntry {
  const entry = entries.get(ref.kind, ref.name);
  if (entry === undefined) {
    const names = Iterator.from(entries.of(ref.kind)).map(({ name }) => name);
    const near = nearestNames(ref.name, names).map((name) => `"${name}"`);
    const hint = near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`;
    throw new GovernanceError("unknown-entry", `there is no ${entryTitle(ref)}${hint}`);
  }
  if (entry.managedBy === "file") {
    throw new GovernanceError(
      "managed-by-file",
      `${entryTitle(ref)} is declared in the configuration file; change it there, and the gateway takes it over`,
    );
  }
  return entry;
}

/** What it says was made from settings that are not those of the entry any more. */
function refuseOvertaken(before: DirectoryEntry, from: number | undefined): void {
  if (from === undefined || from === before.version) return;
  throw new GovernanceError(
    "entry-changed",
    `${entryTitle(before)} was changed meanwhile, as version ${before.version}; look at it and make the change again`,
  );
}

type Amendment = Exclude<DirectoryChange, { action: "create" | "remove" }>;

function specAfter(before: DirectoryEntry, change: Amendment, atMs: number): EntrySpec {
  if (before.kind === "key") refuseRevoked(before);
  if (change.action === "revoke") return specOf({ ...before.spec, previous: undefined, revokedAtMs: atMs });
  if (change.action === "rotate") return rotated(before, change, atMs);
  const own = before.kind === "key" ? ["id", "digest", "previous", "revokedAtMs"] : [];
  refuseOwn(before, change.spec, ["name", ...own]);
  return specOf({ ...before.spec, ...change.spec });
}

/** Settings that have ways of their own to be changed. */
function refuseOwn(ref: EntryRef, spec: EntrySpec, own: readonly string[]): void {
  const taken = own.find((setting) => setting in spec);
  if (taken === undefined) return;
  throw new GovernanceError(
    "invalid-entry",
    `"${taken}" of ${entryTitle(ref)} cannot be set; rotate or revoke a key for that, or make it anew`,
  );
}

function refuseRevoked(key: DirectoryEntry): void {
  if (key.spec["revokedAtMs"] === undefined) return;
  throw new GovernanceError("invalid-entry", `${entryTitle(key)} is revoked for good; make another`);
}

const longestOverlapMs = 366 * 24 * 60 * 60 * 1000;

function rotated(before: DirectoryEntry, change: Amendment & { action: "rotate" }, atMs: number): EntrySpec {
  const { digest, overlapMs } = change;
  if (!Number.isSafeInteger(overlapMs) || overlapMs < 0 || overlapMs > longestOverlapMs) {
    throw new GovernanceError(
      "invalid-entry",
      `an overlap of ${overlapMs} ms for ${entryTitle(before)} makes no sense; give 0 to ${longestOverlapMs}`,
    );
  }
  const { digest: old, id } = before.spec;
  if (digest === old) {
    throw new GovernanceError("invalid-entry", `${entryTitle(before)} has this value already; mint a new one`);
  }
  const previous = overlapMs > 0 ? { digest: old, untilMs: atMs + overlapMs } : undefined;
  // The id that was made from the old digest stays, so that records of both values are of one key.
  return specOf({ ...before.spec, id: id ?? keyIdOf(String(old)), digest, previous });
}

function lastPosition(entries: EntryView): number {
  return Math.max(0, ...Array.from(entries.of("rule"), ({ spec }) => Number(spec["position"] ?? 0)));
}
