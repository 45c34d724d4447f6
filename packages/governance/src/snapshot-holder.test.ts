import { expect, test } from "vitest";
import { createSnapshotHolder } from "./snapshot-holder.ts";

test("a swap puts the next snapshot in force and leaves what was read before as it was", () => {
  const holder = createSnapshotHolder({ keys: "first" });
  const read = holder.current;
  expect(read).toEqual({ keys: "first", version: 1 });
  expect(holder.swap({ keys: "second" })).toBe(holder.current);
  expect(holder.current).toEqual({ keys: "second", version: 2 });
  expect(read).toEqual({ keys: "first", version: 1 });
});

test("a snapshot in force cannot be changed", () => {
  const holder = createSnapshotHolder({ keys: "first" });
  expect(() => Object.assign(holder.current, { keys: "other" })).toThrow(TypeError);
});
