import fc from "fast-check";
import { expect, test } from "vitest";
import { PersistentMap } from "./persistent-map.ts";

// Enough for two levels of branches.
const keys = fc.nat(9_999).map((number) => `key-${number}`);
const edits = fc.array(fc.tuple(keys, fc.option(fc.nat(), { nil: undefined })), { maxLength: 40 });

function contentsOf(map: PersistentMap<number>, asked: Iterable<string>): unknown {
  return {
    size: map.size,
    sum: [...map].reduce((sum, value) => sum + value, 0),
    found: Array.from(asked, (key) => map.get(key)),
  };
}

test("holds what was set and not deleted, and what it was before stays as it was", () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(edits, { minLength: 1, maxLength: 8 }), (isLarge, rounds) => {
      const model = new Map<string, number>();
      const draft = new PersistentMap<number>().draft();
      for (let at = 0; at < (isLarge ? 9_000 : 0); at++) {
        draft.set(`key-${at}`, at);
        model.set(`key-${at}`, at);
      }
      const asked = rounds.flatMap((round) => round.map(([key]) => key));
      const seen: { map: PersistentMap<number>; contents: unknown }[] = [];
      for (const round of rounds) {
        for (const [key, value] of round) {
          if (value === undefined) draft.delete(key);
          else draft.set(key, value);
          if (value === undefined) model.delete(key);
          else model.set(key, value);
          expect(draft.get(key)).toBe(value);
        }
        const map = draft.done();
        const sum = [...model.values()].reduce((all, one) => all + one, 0);
        expect(contentsOf(map, asked)).toEqual({ size: model.size, sum, found: asked.map((key) => model.get(key)) });
        seen.push({ map, contents: contentsOf(map, asked) });
      }
      for (const { map, contents } of seen) expect(contentsOf(map, asked)).toEqual(contents);
    }),
    { numRuns: 60 },
  );
});

test("a draft that changes nothing leaves the same map", () => {
  const draft = new PersistentMap<number>().draft();
  draft.set("a", 1);
  const map = draft.done();
  expect(draft.done()).toBe(map);
  const other = map.draft();
  other.delete("b");
  expect(other.done()).toBe(map);
});

test("keys whose hashes are alike are told apart", () => {
  const draft = new PersistentMap<number>().draft();
  // Known pairs that FNV-1a gives one hash.
  for (const [at, key] of ["costarring", "liquid", "declinate", "macallums"].entries()) draft.set(key, at);
  const map = draft.done();
  expect(["costarring", "liquid", "declinate", "macallums"].map((key) => map.get(key))).toEqual([0, 1, 2, 3]);
});
