import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { messagesRequest } from "../../testing/chat-request-of.ts";
import { converseProfileOf } from "./families.ts";
import { encodeConverseRequest } from "./request.ts";

const folder = new URL("../../../fixtures/requests/", import.meta.url);
/** `tools.json` is a request as the client sends it, `tools.bedrock-converse.json` what Claude behind Converse gets of it. */
const cases = readdirSync(folder).filter((file) => /^[^.]+\.json$/.test(file));
const model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

test.each(cases)("%s", async (file) => {
  const request = messagesRequest(JSON.parse(readFileSync(new URL(file, folder), "utf8")));
  const encoded = encodeConverseRequest(request, { model, profile: converseProfileOf(model) });
  const { body, dropped, toolNames, unavailableSearch } = encoded;
  const found = { body, dropped, toolNames: Object.fromEntries(toolNames), unavailableSearch };
  const expected = new URL(file.replace(".json", ".bedrock-converse.json"), folder);
  await expect(`${JSON.stringify(found, null, 2)}\n`).toMatchFileSnapshot(expected.pathname);
});

test("every case has its golden file and every golden file its case", () => {
  const goldens = readdirSync(folder).filter((file) => file.endsWith(".bedrock-converse.json"));
  expect(goldens.map((file) => file.replace(".bedrock-converse", "")).toSorted()).toEqual(cases.toSorted());
});
