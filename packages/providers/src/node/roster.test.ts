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
  const underWay: (Listed & { readonly answer: unknown[] })[] = [];
  for (let count = 0; count < 4_000; count += 1) {
    const item = { place: nowhere, answer: Array.from({ length: 1_000 }, () => count) };
    roster.add(item);
    underWay.push(item);
    if (underWay.length === 8) for (const over of underWay.splice(0, 4)) roster.delete(over);
    // Few of all are there when it is collected: what mostly survives, V8 makes old from the start.
    if (count % 50 === 0) collect({ type: "minor" });
  }
  // 32 MB have been in it, of which half a megabyte is kept; a Set keeps all.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(16_000_000);
});
