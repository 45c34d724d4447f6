import { expect, test } from "vitest";
import { nearestNames } from "./nearest-names.ts";

test.each([
  ["grok", ["groq", "xai", "openai"], ["groq"]],
  ["claude-sonet-4-6", ["claude-haiku-4-5", "claude-sonnet-4-6"], ["claude-sonnet-4-6"]],
  ["APIKEY", ["apiKey", "kind"], ["apiKey"]],
  ["gpt-5", ["mistral-large"], []],
  ["x", ["a", "b"], []],
])("%s is probably meant to be %j's %j", (name, candidates, expected) => {
  expect(nearestNames(name, candidates)).toEqual(expected);
});

test("the nearest comes first and no more than asked for", () => {
  expect(nearestNames("model-1", ["model-22", "model-2", "model-1x", "model-12"], 2)).toEqual(["model-2", "model-1x"]);
});

test("a huge name and a huge list cost little", () => {
  const candidates = Array.from({ length: 100_000 }, (_, at) => `model-${at}`.padEnd(100, "x"));
  const began = process.cpuUsage().user;
  nearestNames("m".repeat(1_000_000), candidates);
  expect(process.cpuUsage().user - began).toBeLessThan(2_000_000);
});
