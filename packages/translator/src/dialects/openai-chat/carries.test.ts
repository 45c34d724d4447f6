import { expect, test } from "vitest";
import { messagesCarries } from "../anthropic-messages/carries.ts";
import { chatCarries } from "./carries.ts";
import { reasons } from "./reasons.ts";

test.each([
  ["openai-chat", chatCarries],
  ["anthropic-messages", messagesCarries],
])("the table of %s names each feature once, in whole sentences", (_, rows) => {
  const features = rows.map(({ feature }) => feature);
  expect(new Set(features).size).toBe(features.length);
  for (const { how } of rows) expect(how).toMatch(/^\S.*\.$/);
});

test("every reason is one sentence", () => {
  for (const reason of Object.values(reasons)) expect(reason).toMatch(/^[A-Z].*[^.]\.$/);
});
