import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Limit } from "../limits/limit.ts";
import { checkEdits } from "./check-edits.ts";
import { decideChange } from "./decide-change.ts";
import { type DirectoryChange, createEntry, createKey, updateEntry } from "./directory-change.ts";
import { type DirectoryEntry, type EntryEdit, ownersOf } from "./directory-entry.ts";
import { EntryIndex, type EntryView } from "./entry-index.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const ofRun = 50;

const names = fc.constantFrom("a", "b");
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });
const amounts = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0.5, Number.NaN, Infinity, 2 ** 60, Number.MAX_SAFE_INTEGER) },
);
const windows = fc.constantFrom<Limit["window"]>(
  { kind: "calendar", unit: "month", timeZone: "UTC" },
  { kind: "rolling", ms: 60_000 },
  { kind: "total" },
);
const limits = fc.uniqueArray(
  fc.record({ of: fc.constantFrom("nanoUsd" as const, "requests" as const), amount: amounts, window: windows }),
  { maxLength: 2, selector: ({ of, window }) => `${of} ${JSON.stringify(window)}` },
);

const changes: fc.Arbitrary<DirectoryChange> = fc.oneof(
  fc.tuple(names, limits).map(([name, some]) => createEntry("customer", { name, limits: some })),
  fc
    .tuple(names, maybe(names), limits)
    .map(([name, customer, some]) => createEntry("team", { name, customer, limits: some })),
  fc.tuple(names, maybe(names), limits).map(([name, team, some]) => createEntry("user", { name, team, limits: some })),
  fc
    .tuple(names, maybe(names), limits)
    .map(([name, user, some]) => createKey({ name, user, digest: name.padEnd(43, "0"), limits: some })),
  fc.tuple(fc.constantFrom("customer", "team", "user"), names, limits).map(([kind, name, some]) => {
    return updateEntry(kind, name, { limits: some });
  }),
  fc.tuple(names, maybe(names)).map(([name, customer]) => updateEntry("team", name, { customer })),
  fc.tuple(names, maybe(names)).map(([name, team]) => updateEntry("user", name, { team })),
);

/** As JSON has it: what is no number has become null. */
function limitsOf({ spec }: DirectoryEntry): readonly { of: string; amount: unknown; window: object }[] {
  const list: unknown = spec["limits"];
  return Array.isArray(list) ? list : [];
}

/** The limits of everybody above, by the shortest way there is. */
function limitsAbove(entries: EntryView, { kind, spec }: DirectoryEntry): ReturnType<typeof limitsOf> {
  return ownersOf(kind, spec).flatMap((owner) => {
    const entry = entries.get(owner.kind, owner.name);
    return entry === undefined ? [] : [...limitsOf(entry), ...limitsAbove(entries, entry)];
  });
}

function isPossible(entries: EntryView, entry: DirectoryEntry): boolean {
  const above = limitsAbove(entries, entry);
  return limitsOf(entry).every(({ of, amount, window }) => {
    if (typeof amount !== "number" || !Number.isSafeInteger(amount) || amount < 0) return false;
    const same = above.filter((one) => one.of === of && JSON.stringify(one.window) === JSON.stringify(window));
    return same.every((one) => amount <= Number(one.amount));
  });
}

/** The entries once an edit is made, in an index that is made anew. */
function withEdit(entries: EntryView, edit: EntryEdit): EntryView {
  const all = (["customer", "team", "user", "key"] as const).flatMap((kind) => [...entries.of(kind)]);
  return new EntryIndex().after(all.map((entry) => ({ ...entry, after: entry }))).after([edit]);
}

/** Whether an edit should be taken: whom it hangs on is there, and none of them has less. */
function shouldBeTaken(entries: EntryView, edit: EntryEdit): boolean {
  const { after } = edit;
  if (after === undefined) return false;
  const owners = ownersOf(after.kind, after.spec);
  return (
    owners.every(({ kind, name }) => entries.get(kind, name) !== undefined) &&
    isPossible(withEdit(entries, edit), after)
  );
}

function succeeds<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

test("S-06: by no way does a level come to more than those above it, and nothing that is possible is refused for it", () => {
  const counts = { taken: 0, refused: 0 };
  const run = fc.property(fc.array(changes, { minLength: ofRun, maxLength: ofRun }), (all) => {
    let entries = new EntryIndex();
    for (const [version, change] of all.entries()) {
      const edit = succeeds(() => decideChange(entries, change, { atMs: 0, version }));
      if (edit === undefined || isDeepStrictEqual(edit.before?.spec, edit.after?.spec)) continue;
      const isTaken = succeeds(() => checkEdits(entries, [edit]) ?? true) === true;
      expect(isTaken, JSON.stringify(edit)).toBe(shouldBeTaken(entries, edit));
      if (isTaken) entries = entries.after([edit]);
      counts[isTaken ? "taken" : "refused"] += 1;
    }
  });
  fc.assert(run, { numRuns: (isCampaign ? 100_000 : 5_000) / ofRun });
  expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(500);
}, 120_000);
