import { checkEdits } from "./check-edits.ts";
import { decideFile } from "./decide-file.ts";
import type { DirectoryEntry } from "./directory-entry.ts";
import { emptyContents, stateOf } from "./directory-step.ts";
import type { DirectoryState } from "./directory-store.ts";
import { EntryIndex } from "./entry-index.ts";
import type { Governed } from "./governed.ts";

/**
 * What would be governed if a configuration file were applied to a directory with these entries; changes nothing. Throws a
 * GovernanceError, as applying it would.
 */
export function stateWithFile(entries: Iterable<DirectoryEntry>, declared: Governed): DirectoryState {
  const index = new EntryIndex().after(Array.from(entries, (entry) => ({ ...entry, after: entry })));
  const edits = decideFile(index, declared, 0);
  checkEdits(index, edits);
  return stateOf({ ...emptyContents, entries: index.after(edits) });
}
