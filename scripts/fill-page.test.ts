import { expect, test } from "vitest";
import { fillPage } from "./fill-page.ts";

const page = "# Title\n\n<!-- printed: one -->\nold\n<!-- end -->\n\nprose\n\n<!-- printed: two -->\n<!-- end -->\n";

test("prints the parts anew and leaves the prose alone", () => {
  const filled = fillPage(page, { one: () => "1 $& $1", two: () => "2" });
  expect(filled).toBe(
    "# Title\n\n<!-- printed: one -->\n\n1 $& $1\n\n<!-- end -->\n\nprose\n\n<!-- printed: two -->\n\n2\n\n<!-- end -->\n",
  );
  expect(fillPage(filled, { one: () => "1 $& $1", two: () => "2" })).toBe(filled);
});

test("refuses a part that nothing prints and one that has no place", () => {
  expect(() => fillPage(page, { one: () => "1" })).toThrow(/"two" that nothing prints/);
  expect(() => fillPage(page, { one: () => "1", two: () => "2", three: () => "3" })).toThrow(/lacks .*three/);
});
