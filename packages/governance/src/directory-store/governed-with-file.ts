import { checkEdits } from "./check-edits.ts";
import { decideFile } from "./decide-file.ts";
import type { DirectoryEntry } from "./directory-entry.ts";
import { EntryIndex } from "./entry-index.ts";
import { type Governed, governedBy } from "./governed.ts";

/**
 * What would be governed if a configuration file were applied to a directory with these entries; changes nothing. Throws a
 * GovernanceError, as applying it would.
 */
export function governedWithFile(entries: Iterable<DirectoryEntry>, declared: Governed): Governed {
  const index = new EntryIndex();
  index.apply(Array.from(entries, (entry) => ({ ...entry, after: entry })));
  const edits = decideFile(index, declared, 0);
  checkEdits(index, edits);
  index.apply(edits);
  return governedBy(index);
}
