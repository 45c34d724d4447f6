import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { messagesRequest } from "../../testing/chat-request-of.ts";
import { genericChat } from "./profile.ts";
import { encodeChatRequest } from "./request.ts";

const folder = new URL("../../../fixtures/requests/", import.meta.url);
/** `tools.json` is a request as the client sends it, `tools.openai-chat.json` what a generic server gets of it. */
const cases = readdirSync(folder).filter((file) => /^[^.]+\.json$/.test(file));

test.each(cases)("%s", async (file) => {
  const request = messagesRequest(JSON.parse(readFileSync(new URL(file, folder), "utf8")));
  const { body, dropped, toolNames, stopSequences, unavailableSearch } = encodeChatRequest(
    request,
    "model",
    genericChat,
  );
  const found = { body, dropped, toolNames: Object.fromEntries(toolNames), stopSequences, unavailableSearch };
  const expected = new URL(file.replace(".json", ".openai-chat.json"), folder);
  await expect(`${JSON.stringify(found, null, 2)}\n`).toMatchFileSnapshot(expected.pathname);
});

test("every case has its golden file and every golden file its case", () => {
  const goldens = readdirSync(folder).filter((file) => file.endsWith(".openai-chat.json"));
  expect(goldens.map((file) => file.replace(".openai-chat", "")).toSorted()).toEqual(cases.toSorted());
});
