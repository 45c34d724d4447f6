import { ceilingProblems } from "../directory/ceiling-problems.ts";
import { directoryProblems } from "../directory/directory-problems.ts";
import { GovernanceError, isGovernanceError } from "../errors.ts";
import { checkRules } from "../rules/check-rules.ts";
import { digestsOf, type DirectoryEntry, type EntryEdit, entryTitle, ownersOf } from "./directory-entry.ts";
import { EntryIndex, type EntryView, refKey } from "./entry-index.ts";
import { type Governed, governedBy, rulesIn } from "./governed.ts";
import { plainJson } from "./plain-json.ts";

/**
 * Looks at what a change leaves behind beyond what is looked at here, such as whether the providers exist that a rule names.
 * What a configuration file declares it is not asked about: whoever reads the file knows. Throws what is wrong.
 */
export type GovernedCheck = (changed: Governed) => void;

/**
 * The one way into a directory: sees to it that what edits leave behind is whole. Throws a GovernanceError:
 * `entry-in-use` for a removal under which others would hang in the air, `duplicate-key` for the value of another key,
 * `invalid-entry` with all that is wrong with what they say.
 */
export function checkEdits(
  entries: EntryIndex,
  edits: readonly EntryEdit[],
  check: GovernedCheck = () => undefined,
): void {
  const after = entries.after(edits);
  for (const edit of edits) {
    if (edit.after === undefined) checkRemoval(after, edit);
    else checkText(edit.after);
    if (edit.kind === "key" && edit.after !== undefined) checkDigests(edit.after, entries, after);
  }
  const changed = edits.flatMap((edit) => edit.after ?? []);
  const anew = edits.filter(limitsAnew);
  checkGoverned(governedBy(withOwners(after, changed)), {
    limitedAnew: new Set(anew.map(entryTitle)),
    // A file says how its providers are limited itself, and a gateway must start with what somebody has stored since.
    heldToProviders: new Set(anew.filter(({ after: made }) => made?.managedBy !== "file").map(entryTitle)),
  });
  const rules = new Set(changed.filter(({ kind }) => kind === "rule").map(({ name }) => name));
  if (rules.size > 0) checkRulesOf(after, rules);
  const made = changed.filter(({ managedBy }) => managedBy !== "file");
  if (made.length > 0) check(governedBy(withOwners(after, made)));
}

/** Whether the providers that they name exist is for each gateway's own configuration to say. */
function checkRulesOf(after: EntryView, changed: ReadonlySet<string>): void {
  try {
    checkRules(rulesIn(after), ({ name }) => changed.has(name));
  } catch (error) {
    if (!isGovernanceError(error)) throw error;
    throw new GovernanceError("invalid-entry", error.message, { cause: error });
  }
}

/** True for an edit after which other limits count for an entry; of those that go on as they were the level above decides. */
function limitsAnew({ before, after }: EntryEdit): boolean {
  const limiting = (entry: DirectoryEntry | undefined): string => {
    const { limits, providerLimits, user, team, customer } = entry?.spec ?? {};
    return plainJson([limits, providerLimits, user, team, customer]);
  };
  return after !== undefined && limiting(before) !== limiting(after);
}

const mostNamed = 3;

function checkRemoval(after: EntryView, edit: EntryEdit): void {
  const hanging = after.hangingOn(edit);
  if (hanging.size === 0 || after.get(edit.kind, edit.name) !== undefined) return;
  const titles = Array.from(Iterator.from(hanging).take(mostNamed), entryTitle);
  const shown = titles.join(", ") + (hanging.size > mostNamed ? ` and ${hanging.size - mostNamed} more` : "");
  throw new GovernanceError(
    "entry-in-use",
    `${entryTitle(edit)} cannot be removed while ${shown} hang${hanging.size === 1 ? "s" : ""} on it; ` +
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

function checkDigests(key: DirectoryEntry, before: EntryView, after: EntryView): void {
  for (const digest of digestsOf(key)) {
    // Of two that have it the index knows the one that came last.
    const earlier = after.get("key", before.withDigest(digest)?.name ?? key.name);
    const holder = [earlier, after.withDigest(digest)].find(
      (other) => other !== undefined && other.name !== key.name && digestsOf(other).includes(digest),
    );
    if (holder === undefined) continue;
    throw new GovernanceError(
      "entry-exists",
      `${entryTitle(key)} has a value of ${entryTitle(holder)}; mint a new one`,
    );
  }
}

/** What was changed, what it hangs on up to the top, and the providers at which it has limits: enough to look at, however large the rest is. */
function withOwners(after: EntryView, changed: readonly DirectoryEntry[]): EntryView {
  const found = new Map<string, DirectoryEntry>();
  const waiting = [...changed];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (found.has(refKey(entry))) continue;
    found.set(refKey(entry), entry);
    const { providerLimits = {} } = entry.spec;
    const providers = Object.keys(Object(providerLimits)).map((name) => ({ kind: "provider", name }) as const);
    for (const { kind, name } of [...ownersOf(entry.kind, entry.spec), ...providers]) {
      const owner = after.get(kind, name);
      if (owner !== undefined) waiting.push(owner);
    }
  }
  return new EntryIndex().after(
    [...found.values()].map((entry) => ({ kind: entry.kind, name: entry.name, after: entry })),
  );
}

/** Entries that have other limits than before, and so may not have more than a level above, or than their provider. */
interface Anew {
  readonly limitedAnew: ReadonlySet<string>;
  readonly heldToProviders: ReadonlySet<string>;
}

function checkGoverned({ directory, rules }: Governed, { limitedAnew, heldToProviders }: Anew): void {
  const { providers = [], ...levels } = directory;
  // Which providers there are is for the configuration to know, so names of them are not looked at.
  const all = { ...levels, providers };
  const problems = [...directoryProblems(levels), ...directoryProblems({ providers })].filter(
    ({ warning, isAboveParent, path }) =>
      !warning || (isAboveParent && limitedAnew.has(titleAt(all, path.slice(0, 2)))),
  );
  const messages = new Set(problems.map(({ path, message }) => `${titleAt(all, path)}: ${message}`));
  if (providers.length > 0) {
    ceilingProblems(all, (path, message, isAbove) => {
      if (isAbove && heldToProviders.has(titleAt(all, path.slice(0, 2)))) {
        messages.add(`${titleAt(all, path)}: ${message}`);
      }
    });
  }
  const unplaced = rules.find(({ position = 0 }) => !Number.isFinite(position));
  if (unplaced !== undefined) messages.add(`rule "${unplaced.name}": position: a finite number`);
  if (messages.size > 0) throw new GovernanceError("invalid-entry", [...messages].join("\n"));
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
