import { expect, test } from "vitest";
import type { DirectoryEntry } from "./directory-entry.ts";
import { EntryIndex, type IndexEdit } from "./entry-index.ts";

function key(name: string, digest: string, version = 1): DirectoryEntry {
  return { kind: "key", name, spec: { digest, team: "t" }, managedBy: "store", version };
}

function put(after: DirectoryEntry): IndexEdit {
  return { kind: after.kind, name: after.name, after };
}

test("two keys can exchange their values, also when news of them comes one after the other", () => {
  const before = new EntryIndex().after([put(key("a", "1")), put(key("b", "2"))]);
  const draft = before.draft();
  draft.apply([put(key("a", "2", 2))]);
  draft.apply([put(key("b", "1", 2))]);
  for (const after of [draft.done(), before.after([put(key("a", "2", 2)), put(key("b", "1", 2))])]) {
    expect([after.withDigest("1")?.name, after.withDigest("2")?.name]).toEqual(["b", "a"]);
  }
  expect([before.withDigest("1")?.name, before.withDigest("2")?.name]).toEqual(["a", "b"]);
});

test("a list of entries is the same object as long as nothing becomes of any of them", () => {
  const rule: DirectoryEntry = { kind: "rule", name: "r", spec: { refuse: "no" }, managedBy: "store", version: 1 };
  const before = new EntryIndex().after([put(rule), put(key("a", "1"))]);
  const after = before.after([put(key("a", "3"))]);
  expect(after.of("rule")).toBe(before.of("rule"));
  expect(after.of("key")).not.toBe(before.of("key"));
});
