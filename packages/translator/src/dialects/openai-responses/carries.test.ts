import { expect, test } from "vitest";
import { responsesCarries } from "./carries.ts";
import { reasons } from "./reasons.ts";

test("the table names each feature once, in whole sentences", () => {
  const features = responsesCarries.map(({ feature }) => feature);
  expect(new Set(features).size).toBe(features.length);
  for (const { how } of responsesCarries) expect(how).toMatch(/^\S.*\.$/);
});

test("every reason is one sentence", () => {
  for (const reason of Object.values(reasons)) expect(reason).toMatch(/^[A-Z].*[^.]\.$/);
});
