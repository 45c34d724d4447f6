import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { checkChatRequest } from "./check-chat-request.ts";
import { checkConverseRequest } from "./check-converse-request.ts";
import { checkGeminiRequest } from "./check-gemini-request.ts";
import { checkResponsesRequest } from "./check-responses-request.ts";
import { fieldsAt, isFields, textAt } from "./json-fields.ts";
import { signatureOf } from "./signature-of.ts";

const folder = path.resolve(import.meta.dirname, "../../../translator/fixtures/requests");
const checks = {
  "openai-chat": checkChatRequest,
  "openai-responses": checkResponsesRequest,
  gemini: (body: unknown) => checkGeminiRequest(body, "gemini-3.8-flash"),
  "bedrock-converse": checkConverseRequest,
} as const;

/** The thinking on file was signed by nobody. */
function signAnew(key: string, value: unknown): unknown {
  if (key !== "reasoningContent" || !isFields(value) || !("reasoningText" in value)) return value;
  const text = textAt(fieldsAt(value, "reasoningText"), "text");
  return { reasoningText: { text, signature: signatureOf(text) } };
}

test.each(Object.entries(checks))("every golden request of %s is sound to its vendor", (dialect, check) => {
  const files = globSync(path.join(folder, `*.${dialect}.json`));
  expect(files.length).toBeGreaterThan(20);
  const refused = files.flatMap((file) => {
    const { body } = JSON.parse(readFileSync(file, "utf8"), signAnew);
    const wrong = check(body);
    return wrong === undefined ? [] : [`${path.basename(file)}: ${wrong}`];
  });
  expect(refused).toEqual([]);
});
