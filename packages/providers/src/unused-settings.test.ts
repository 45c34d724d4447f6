import { expect, test } from "vitest";
import { catalog } from "./catalog/index.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { Secret } from "./secret.ts";
import { unusedSettings } from "./unused-settings.ts";

const apiKey = new Secret("sk-test");

function unusedIn(kind: string, settings: ProviderSettings): string[] {
  const entry = catalog.get(kind);
  if (entry === undefined) throw new Error(`there is no ${kind}`);
  return unusedSettings(entry, settings, undefined).map(({ setting, message }) => `${setting}: ${message}`);
}

test.each<[string, ProviderSettings, RegExp]>([
  ["groq", { apiKey, project: "acme" }, /^project: has no effect: the address of Groq has none/],
  ["vertex", { apiVersion: "2024-10-21" }, /^apiVersion: has no effect/],
  ["groq", { apiKey, aws: { profile: "work" } }, /^aws: .* takes no such credentials/],
  ["bedrock", { credentials: [{ apiKey, aws: { profile: "work" } }] }, /^credentials\[0\]\.aws: .* apiKey beside it/],
  ["openai", { apiKey, chat: { images: false } }, /^chat: .*"openai-chat", and "openai-responses" is spoken/],
])("%s with %o has a setting without effect", (kind, settings, message) => {
  expect(unusedIn(kind, settings)).toEqual([expect.stringMatching(message)]);
});

test.each<[string, ProviderSettings]>([
  ["groq", { apiKey, region: "us" }],
  ["groq", { apiKey, aws: { profile: undefined } }],
  ["bedrock", { region: "eu-west-1", aws: { profile: "work" }, converse: {} }],
  ["vertex", { project: "acme", gemini: {}, chat: {} }],
])("%s with %o has none", (kind, settings) => {
  expect(unusedIn(kind, settings)).toEqual([]);
});

test("corrections count for the API that has been chosen, and for no other", () => {
  const { openai } = Object.fromEntries(catalog);
  const [chat] = openai?.choices ?? [];
  if (openai === undefined || chat === undefined) throw new Error("OpenAI has no chat");
  expect(unusedSettings(openai, { chat: {} }, chat)).toEqual([]);
  expect(unusedSettings(openai, { responses: {} }, chat)).toMatchObject([{ setting: "responses" }]);
});
