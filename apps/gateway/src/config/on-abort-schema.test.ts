import { expect, test } from "vitest";
import { onAbortSchema } from "./on-abort-schema.ts";

test.each([
  ["abort", 0],
  ["drain", 600_000],
  ["5s", 5_000],
  ["10m", 600_000],
])("an answer that was left can %s", (value, readOnMs) => {
  expect(onAbortSchema.parse(value)).toEqual({ readOnMs });
});

test.each(["", "0s", "11m", "-1s", "never", true, null, {}])("but not %j", (value) => {
  expect(onAbortSchema.safeParse(value).error?.issues).toMatchObject([
    { message: "abort, drain or a duration such as 30s, 10m at most" },
  ]);
});
