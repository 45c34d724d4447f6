import { expect, test } from "vitest";
import { genericChat, profileFor } from "./profile.ts";

test("a model's profile is the base with every rule that matches laid over it, later ones last", () => {
  const rules = [
    { models: /^gpt-5/, profile: { sampling: false, maxStopSequences: 0 } },
    { models: /mini$/, profile: { maxStopSequences: 2 } },
  ];
  expect(profileFor(genericChat, rules, "llama")).toBe(genericChat);
  expect(profileFor(genericChat, rules, "gpt-5-mini")).toEqual({
    ...genericChat,
    sampling: false,
    maxStopSequences: 2,
  });
});
