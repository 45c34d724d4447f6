import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { encodeJson } from "../../json/encode-json.ts";
import { messagesRequest } from "../../testing/index.ts";
import type { LooseRequest } from "../../testing/chat-request-of.ts";
import { geminiProfileOf } from "./known-models.ts";
import { encodeGeminiRequest, type EncodedGemini } from "./request.ts";

const folder = new URL("../../../../../../shared/fixtures/claude-code-requests/", import.meta.url);

interface Recorded {
  readonly name: string;
  readonly body: LooseRequest & { readonly messages: readonly { readonly role: string; readonly content?: unknown }[] };
}

const recorded: readonly Recorded[] = existsSync(folder)
  ? readdirSync(folder)
      .map((name) => ({ name, ...JSON.parse(readFileSync(new URL(name, folder), "utf8")) }))
      .filter(({ method }) => method === "POST")
  : [];
const encode = (body: LooseRequest, model = "gemini-3.8-flash"): EncodedGemini =>
  encodeGeminiRequest(messagesRequest(body), model, geminiProfileOf(model));

/** Where each field of a request goes; a field that is neither here nor reported was lost. */
const carriedAs: Readonly<Record<string, (sent: EncodedGemini["body"]) => unknown>> = {
  // The model and the wish for a stream stand in the address.
  model: () => true,
  stream: () => true,
  max_tokens: (sent) => sent.generationConfig.maxOutputTokens,
  messages: (sent) => sent.contents,
  system: (sent) => sent.systemInstruction,
  tools: (sent) => sent.tools,
  // A search alone is chosen freely, without a word.
  tool_choice: (sent) => sent.toolConfig ?? sent.tools,
  thinking: (sent) => sent.generationConfig.thinkingConfig,
  output_config: (sent) => sent.generationConfig.thinkingConfig ?? sent.generationConfig.responseJsonSchema,
  stop_sequences: (sent) => sent.generationConfig.stopSequences,
  temperature: (sent) => sent.generationConfig.temperature,
};

describe.skipIf(recorded.length === 0)("requests that Claude Code sends", () => {
  test.each(recorded)("$name: each field is carried or reported", ({ body }) => {
    const { body: sent, dropped } = encode(body);
    for (const [field, value] of Object.entries(body)) {
      const reported = dropped.some(
        ({ path }) => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`),
      );
      const carried = carriedAs[field]?.(sent) !== undefined;
      const empty = value === false || (Array.isArray(value) && value.length === 0);
      expect(carried || reported || empty, field).toBe(true);
    }
    expect(JSON.stringify(sent)).not.toMatch(/cache_control|billing-header|defer_loading|\$schema|dddddddd/);
  });

  test.each(recorded)("$name: no text of the conversation is lost", ({ body }) => {
    const sent = JSON.stringify(encode(body).body);
    for (const text of textsOf(body.messages)) expect(sent).toContain(JSON.stringify(text).slice(1, -1));
  });

  test("MSG-01: each turn of a session begins with the bytes of the one before", () => {
    const session = recorded.find(({ name }) => name.startsWith("long-20-turns"))?.body;
    if (session === undefined) return;
    const requests = session.messages
      .map(({ role }, index) => (role === "assistant" ? index : 0))
      .filter((end) => end > 0)
      .map((end) => JSON.stringify(encode({ ...session, messages: session.messages.slice(0, end) }).body));
    expect(requests.length).toBeGreaterThan(10);
    for (const [index, earlier] of requests.slice(0, -1).entries()) {
      expect(commonStart(earlier, requests[index + 1] ?? "") / earlier.length).toBeGreaterThanOrEqual(0.99);
    }
  });

  test("MSG-01 EP-09: a message that turns from blocks into a string keeps its bytes, and so does a repetition", () => {
    for (const { body } of recorded) {
      const messages = body.messages.map((message) => asString(message));
      const bytes = JSON.stringify(encode(body).body);
      expect(JSON.stringify(encode({ ...body, messages }).body)).toBe(bytes);
      expect(JSON.stringify(encode(body).body)).toBe(bytes);
    }
  });

  test("a request is encoded at a few microseconds per KB, parsing and writing included", () => {
    const texts = recorded.map(({ body }) => JSON.stringify(body));
    const kilobytes = texts.reduce((sum, text) => sum + text.length / 1024, 0);
    const round = (): void => {
      for (const text of texts) encodeJson(encode(JSON.parse(text)).body);
    };
    for (let warm = 0; warm < 5; warm++) round();
    const start = process.cpuUsage();
    for (let count = 0; count < 5; count++) round();
    const { user, system } = process.cpuUsage(start);
    const perKilobyte = (user + system) / 5 / kilobytes;
    console.info(`gemini requests: ${perKilobyte.toFixed(1)} µs of CPU per KB`);
    // The budget is 8; a busy machine gets its share of time more dearly.
    expect(perKilobyte).toBeLessThan(40);
  });
});

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object" || value === null) return [];
  const own = "type" in value && value.type === "text" && "text" in value ? [String(value.text)] : [];
  return [...own, ...("content" in value ? textsOf(value.content) : [])];
}

function asString<Message extends { readonly content?: unknown }>(message: Message): Message {
  const { content } = message;
  const [only] = Array.isArray(content) && content.length === 1 ? content : [];
  const isText = typeof only === "object" && only !== null && "type" in only && only.type === "text" && "text" in only;
  return isText ? { ...message, content: only.text } : message;
}

function commonStart(first: string, second: string): number {
  let length = 0;
  while (length < first.length && first[length] === second[length]) length++;
  return length;
}
