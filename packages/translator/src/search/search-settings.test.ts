import { expect, test } from "vitest";
import { readSearchSettings } from "./search-settings.ts";

const search = { type: "web_search_20250305", name: "web_search" };

test.each([
  [undefined, 10],
  [0, 10],
  ["many", 10],
  [3, 3],
  [1e9, 100],
])("a limit of %j searches is one of %i", (given, maxUses) => {
  expect(readSearchSettings({ tools: [{ ...search, max_uses: given }] })).toMatchObject({ maxUses });
});
