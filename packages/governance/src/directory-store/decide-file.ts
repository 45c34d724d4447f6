import { GovernanceError } from "../errors.ts";
import { type DirectoryEntry, type EntryEdit, entryKinds, entryTitle } from "./directory-entry.ts";
import { type EntryView, refKey } from "./entry-index.ts";
import { type Governed, specsOf } from "./governed.ts";
import { plainJson } from "./plain-json.ts";

/**
 * What must be done so that the entries that a configuration file manages are those that it declares; nothing when they
 * are already. Entries made elsewhere stay as they are. Throws a GovernanceError `entry-exists` where the file declares
 * what was made elsewhere.
 */
export function decideFile(entries: EntryView, declared: Governed, version: number): readonly EntryEdit[] {
  const wanted = new Map<string, DirectoryEntry>();
  for (const one of specsOf(declared)) wanted.set(refKey(one), { ...one, managedBy: "file", version });
  const gone = Array.from(entries.ofFile)
    .filter((entry) => !wanted.has(refKey(entry)))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const removals = entryKinds.flatMap((kind) =>
    gone
      .filter((entry) => entry.kind === kind)
      .map((before): EntryEdit => ({ kind, name: before.name, action: "remove", before, after: undefined })),
  );
  const puts = [...wanted.values()].flatMap((after) => putOf(entries.get(after.kind, after.name), after));
  return [...removals, ...puts];
}

function putOf(before: DirectoryEntry | undefined, after: DirectoryEntry): EntryEdit[] {
  const { kind, name } = after;
  if (before === undefined) return [{ kind, name, action: "create", before, after }];
  if (before.managedBy === "store") {
    throw new GovernanceError(
      "entry-exists",
      `${entryTitle(after)} is declared in the configuration file, but was made elsewhere before; ` +
        "remove or rename it there, or take it out of the file",
    );
  }
  if (before.managedBy === "file" && plainJson(before.spec) === plainJson(after.spec)) return [];
  return [{ kind, name, action: "update", before, after }];
}
