import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { messagesRequest } from "../../testing/chat-request-of.ts";
import { genericResponses } from "./profile.ts";
import { encodeResponsesRequest } from "./request.ts";

const folder = new URL("../../../fixtures/requests/", import.meta.url);
/** `tools.json` is a request as the client sends it, `tools.openai-responses.json` what a generic server gets of it. */
const cases = readdirSync(folder).filter((file) => /^[^.]+\.json$/.test(file));

test.each(cases)("%s", async (file) => {
  const request = messagesRequest(JSON.parse(readFileSync(new URL(file, folder), "utf8")));
  const encoded = encodeResponsesRequest(request, "model", genericResponses);
  const { body, dropped, toolNames, stopSequences, unavailableSearch } = encoded;
  const found = { body, dropped, toolNames: Object.fromEntries(toolNames), stopSequences, unavailableSearch };
  const expected = new URL(file.replace(".json", ".openai-responses.json"), folder);
  await expect(`${JSON.stringify(found, null, 2)}\n`).toMatchFileSnapshot(expected.pathname);
});

test("every case has its golden file and every golden file its case", () => {
  const goldens = readdirSync(folder).filter((file) => file.endsWith(".openai-responses.json"));
  expect(goldens.map((file) => file.replace(".openai-responses", "")).toSorted()).toEqual(cases.toSorted());
});
