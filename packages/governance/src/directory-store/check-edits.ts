import { directoryProblems } from "../directory/directory-problems.ts";
import { GovernanceError } from "../errors.ts";
import { digestsOf, type DirectoryEntry, type EntryEdit, entryTitle, ownersOf } from "./directory-entry.ts";
import { afterEdits, EntryIndex, type EntryView, refKey } from "./entry-index.ts";
import { type Governed, governedBy } from "./governed.ts";
import { plainJson } from "./plain-json.ts";

/** Looks at what a change leaves behind beyond what is looked at here, such as the expressions of rules. Throws what is wrong. */
export type GovernedCheck = (changed: Governed) => void;

/**
 * The one way into a directory: sees to it that what edits leave behind is whole. Throws a GovernanceError:
 * `entry-in-use` for a removal under which others would hang in the air, `duplicate-key` for the value of another key,
 * `invalid-entry` with all that is wrong with what they say.
 */
export function checkEdits(
  entries: EntryView,
  edits: readonly EntryEdit[],
  check: GovernedCheck = () => undefined,
): void {
  const after = afterEdits(entries, edits);
  for (const edit of edits) {
    if (edit.after === undefined) checkRemoval(after, edit);
    else checkText(edit.after);
    if (edit.kind === "key" && edit.after !== undefined) checkDigests(after, edit.after);
  }
  const changed = edits.flatMap((edit) => edit.after ?? []);
  const governed = governedBy(withOwners(after, changed));
  checkGoverned(governed, new Set(edits.filter(limitsAnew).map(entryTitle)));
  check(governed);
}

/** True for an edit after which other limits count for an entry; of those that go on as they were the level above decides. */
function limitsAnew({ before, after }: EntryEdit): boolean {
  const limiting = (entry: DirectoryEntry | undefined): string => {
    const { limits, providerLimits, user, team, customer } = entry?.spec ?? {};
    return plainJson([limits, providerLimits, user, team, customer]);
  };
  return after !== undefined && limiting(before) !== limiting(after);
}

function checkRemoval(after: EntryView, edit: EntryEdit): void {
  const hanging = Array.from(after.hangingOn(edit), entryTitle);
  if (hanging.length === 0 || after.get(edit.kind, edit.name) !== undefined) return;
  const shown = hanging.slice(0, 3).join(", ") + (hanging.length > 3 ? ` and ${hanging.length - 3} more` : "");
  throw new GovernanceError(
    "entry-in-use",
    `${entryTitle(edit)} cannot be removed while ${shown} hang${hanging.length === 1 ? "s" : ""} on it; ` +
      "remove or move what hangs on it first",
  );
}

/** A database cannot keep every text of JavaScript. */
function checkText(entry: DirectoryEntry): void {
  const text = JSON.stringify(entry, (name, part: unknown) => {
    const wrong = [name, part].some((one) => typeof one === "string" && (one.includes("\0") || !one.isWellFormed()));
    return wrong ? undefined : part;
  });
  if (text === JSON.stringify(entry)) return;
  throw new GovernanceError(
    "invalid-entry",
    `${JSON.stringify(entryTitle(entry))} holds a NUL or half a character; leave such text out`,
  );
}

function checkDigests(after: EntryView, key: DirectoryEntry): void {
  for (const digest of digestsOf(key.spec)) {
    const holder = after.withDigest(digest);
    if (holder === undefined || holder.name === key.name) continue;
    throw new GovernanceError(
      "entry-exists",
      `${entryTitle(key)} has a value of ${entryTitle(holder)}; mint a new one`,
    );
  }
}

/** What was changed, and what it hangs on up to the top: enough to look at, however large the rest is. */
function withOwners(after: EntryView, changed: readonly DirectoryEntry[]): EntryView {
  const found = new Map<string, DirectoryEntry>();
  const waiting = [...changed];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (found.has(refKey(entry))) continue;
    found.set(refKey(entry), entry);
    for (const { kind, name } of ownersOf(entry.kind, entry.spec)) {
      const owner = after.get(kind, name);
      if (owner !== undefined) waiting.push(owner);
    }
  }
  const index = new EntryIndex();
  index.apply([...found.values()].map((entry) => ({ kind: entry.kind, name: entry.name, after: entry })));
  return index;
}

function checkGoverned({ directory, rules }: Governed, limitedAnew: ReadonlySet<string>): void {
  const { providers = [], ...levels } = directory;
  // Which providers there are is for the configuration to know, so names of them are not looked at.
  const all = { ...levels, providers };
  const problems = [...directoryProblems(levels), ...directoryProblems({ providers })].filter(
    ({ warning, isAboveParent, path }) =>
      !warning || (isAboveParent && limitedAnew.has(titleAt(all, path.slice(0, 2)))),
  );
  const messages = problems.map(({ path, message }) => `${titleAt(all, path)}: ${message}`);
  const unplaced = rules.find(({ position = 0 }) => !Number.isFinite(position));
  if (unplaced !== undefined) messages.push(`rule "${unplaced.name}": position: a finite number`);
  if (messages.length > 0) throw new GovernanceError("invalid-entry", messages.join("\n"));
}

function titleAt(
  { customers, teams, users, keys, providers }: Governed["directory"],
  [list, index, ...rest]: readonly (string | number)[],
): string {
  const named = { customers, teams, users, keys, providers };
  for (const [known, all = []] of Object.entries(named)) {
    const entry = known === list && typeof index === "number" ? all[index] : undefined;
    if (entry !== undefined) return [`${known.slice(0, -1)} "${entry.name}"`, ...rest].join(" ");
  }
  return String(list);
}
