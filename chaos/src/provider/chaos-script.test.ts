import { expect, test } from "vitest";
import { type ChaosScript, readScript, writeScript } from "./chaos-script.ts";

const script: ChaosScript = {
  label: "r-17",
  promptTokens: 900,
  textFrom: 12,
  outputTokens: 40,
  pieces: 4,
  everyMs: 25,
  end: "cut",
  failingCalls: 1,
};

test("a script is read from any body that its line was put into", () => {
  const prompt = `${writeScript(script)}heron `;
  expect(readScript(JSON.stringify({ messages: [{ role: "user", content: prompt }] }))).toEqual(script);
  expect(readScript(JSON.stringify({ messages: [{ content: [{ type: "text", text: prompt }] }] }))).toEqual(script);
});

test("a body without script is refused", () => {
  expect(() => readScript("{}")).toThrow("no script");
});
