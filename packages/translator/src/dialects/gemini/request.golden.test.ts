import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { messagesRequest } from "../../testing/index.ts";
import { genericGemini } from "./profile.ts";
import { encodeGeminiRequest } from "./request.ts";

const folder = new URL("../../../fixtures/requests/", import.meta.url);
/** `tools.json` is a request as the client sends it, `tools.gemini.json` what a Gemini 3 model gets of it. */
const cases = readdirSync(folder).filter((file) => /^[^.]+\.json$/.test(file));

test.each(cases)("%s", async (file) => {
  const request = messagesRequest(JSON.parse(readFileSync(new URL(file, folder), "utf8")));
  const { body, dropped, toolNames, stopSequences, search } = encodeGeminiRequest(request, "model", genericGemini);
  const found = { body, dropped, toolNames: Object.fromEntries(toolNames), stopSequences, search };
  const expected = new URL(file.replace(".json", ".gemini.json"), folder);
  await expect(`${JSON.stringify(found, null, 2)}\n`).toMatchFileSnapshot(expected.pathname);
});

test("every case has its golden file and every golden file its case", () => {
  const goldens = readdirSync(folder).filter((file) => file.endsWith(".gemini.json"));
  expect(goldens.map((file) => file.replace(".gemini", "")).toSorted()).toEqual(cases.toSorted());
});
