import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readEnvelope } from "../../messages/read-envelope.ts";
import { bedrockInvoke, deepseekMessages, messagesOn, vertexRawPredict } from "./index.ts";

const folder = new URL("../../../fixtures/requests/", import.meta.url);
/** `tools.json` is a request as the client sends it, `tools.bedrock-invoke.json` what InvokeModel gets of it. */
const cases = readdirSync(folder).filter((file) => /^[^.]+\.json$/.test(file));
/** What Claude Code names in its requests to a model of the fourth generation. */
const betas = [
  "claude-code-20250219",
  "interleaved-thinking-2025-05-14",
  "context-management-2025-06-27",
  "advanced-tool-use-2025-11-20",
  "effort-2025-11-24",
];

describe.each([
  { name: "bedrock-invoke", platform: bedrockInvoke },
  { name: "vertex-raw-predict", platform: vertexRawPredict },
  { name: "deepseek-messages", platform: deepseekMessages },
])("$name", ({ name, platform }) => {
  test.each(cases)("%s", async (file) => {
    const parts: object = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
    const text = JSON.stringify({
      model: "m",
      max_tokens: 1_024,
      messages: [{ role: "user", content: "hi" }],
      ...parts,
    });
    const body = new TextEncoder().encode(text);
    const context = { messageId: "msg_1", askedModel: "m" };
    const request = { body, envelope: readEnvelope(body), betas };
    const { body: sent, dropped, betaHeader } = messagesOn(platform).translate(request, { model: "model" }, context);
    const found = { body: JSON.parse(new TextDecoder().decode(sent)), dropped, betaHeader };
    const expected = new URL(file.replace(".json", `.${name}.json`), folder);
    await expect(`${JSON.stringify(found, null, 2)}\n`).toMatchFileSnapshot(expected.pathname);
  });

  test("every case has its golden file and every golden file its case", () => {
    const goldens = readdirSync(folder).filter((file) => file.endsWith(`.${name}.json`));
    expect(goldens.map((file) => file.replace(`.${name}`, "")).toSorted()).toEqual(cases.toSorted());
  });
});
