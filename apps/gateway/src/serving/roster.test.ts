import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { type Listed, nowhere, Roster } from "./roster.ts";

interface Named extends Listed {
  readonly name: string;
}

function named(name: string): Named {
  return { name, place: nowhere };
}

function namesIn(roster: Roster<Named>): string[] {
  const names: string[] = [];
  roster.forEach(({ name }) => void names.push(name));
  return names.toSorted();
}

test("what is taken out is there no more, and all else is", () => {
  const roster = new Roster<Named>();
  const [first, second, third] = [named("first"), named("second"), named("third")];
  for (const item of [first, second, third]) roster.add(item);
  expect(roster.delete(first)).toBe(true);
  expect(namesIn(roster)).toEqual(["second", "third"]);
  expect(roster.delete(third)).toBe(true);
  expect(roster.delete(second)).toBe(true);
  expect(roster.size).toBe(0);
});

test("what is not there cannot be taken out, once or again", () => {
  const roster = new Roster<Named>();
  const [there, gone] = [named("there"), named("gone")];
  expect(roster.delete(gone)).toBe(false);
  roster.add(there);
  roster.add(gone);
  roster.delete(gone);
  expect(roster.delete(gone)).toBe(false);
  expect(namesIn(roster)).toEqual(["there"]);
});

test("each is visited once, although visits take out some and add others", () => {
  const roster = new Roster<Named>();
  const items = ["a", "b", "c", "d", "e"].map(named);
  for (const item of items) roster.add(item);
  const visited: string[] = [];
  roster.forEach((item) => {
    visited.push(item.name);
    if (item.name === "c" || item.name === "a") roster.delete(item);
    if (item.name === "d") roster.add(named("late"));
  });
  expect(visited.toSorted()).toEqual(["a", "b", "c", "d", "e"]);
  expect(namesIn(roster)).toEqual(["b", "d", "e", "late"]);
});

test("what was in it for a moment is given back by young collections, of which there are many", () => {
  setFlagsFromString("--expose-gc");
  const collect: NodeJS.GCFunction = runInNewContext("gc");
  const roster = new Roster<Listed & { readonly answer: unknown[] }>();
  collect();
  const { heapUsed: before } = process.memoryUsage();
  for (let turn = 0; turn < 200; turn += 1) {
    // As many at a time as are under way in a small gateway, some of them when it is collected.
    const items = Array.from({ length: 20 }, () => ({
      place: nowhere,
      answer: Array.from({ length: 1_000 }, () => turn),
    }));
    for (const item of items) roster.add(item);
    collect({ type: "minor" });
    for (const item of items) roster.delete(item);
  }
  // 32 MB have been in it; a Set keeps all but the first few.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000);
});
