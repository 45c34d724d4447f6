import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { messagesRequest, type LooseRequest } from "../../testing/chat-request-of.ts";
import { genericResponses } from "./profile.ts";
import { encodeResponsesRequest, type EncodedResponses } from "./request.ts";

const folder = new URL("../../../../../../shared/fixtures/claude-code-requests/", import.meta.url);

interface Turn {
  readonly role: string;
  readonly content?: unknown;
}

interface Recorded {
  readonly name: string;
  readonly body: LooseRequest & { readonly messages: readonly Turn[] };
}

const recorded: readonly Recorded[] = existsSync(folder)
  ? readdirSync(folder)
      .map((name) => ({ name, ...JSON.parse(readFileSync(new URL(name, folder), "utf8")) }))
      .filter(({ method }) => method === "POST")
  : [];
const encode = (body: LooseRequest): EncodedResponses =>
  encodeResponsesRequest(messagesRequest(body), "model", genericResponses);

/** Where each field of a request goes; a field that is neither here nor reported was lost. */
const carriedAs: Readonly<Record<string, readonly (keyof EncodedResponses["body"])[]>> = {
  model: ["model"],
  max_tokens: ["max_output_tokens"],
  messages: ["input"],
  system: ["instructions"],
  tools: ["tools"],
  tool_choice: ["tool_choice"],
  thinking: ["reasoning"],
  output_config: ["reasoning", "text"],
  stream: ["stream"],
  temperature: ["temperature"],
  metadata: ["prompt_cache_key"],
};

describe.skipIf(recorded.length === 0)("requests that Claude Code sends", () => {
  test.each(recorded)("$name: each field is carried or reported", ({ body }) => {
    const { body: sent, dropped, stopSequences } = encode(body);
    for (const [field, value] of Object.entries(body)) {
      const reported = dropped.some(
        ({ path }) => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`),
      );
      const carried = (carriedAs[field] ?? []).some((key) => sent[key] !== undefined);
      const enforced = field === "stop_sequences" && stopSequences.length > 0;
      const empty = value === false || (Array.isArray(value) && value.length === 0);
      expect(carried || enforced || reported || empty, field).toBe(true);
    }
    expect(JSON.stringify(sent)).not.toMatch(/cache_control|billing-header|defer_loading|\$schema|dddddddd/);
  });

  test.each(recorded)("$name: no text of the conversation is lost", ({ body }) => {
    const { input, instructions } = encode(body).body;
    const sent = JSON.stringify([instructions, input]);
    for (const text of textsOf(body.messages)) expect(sent).toContain(JSON.stringify(text).slice(1, -1));
  });

  test("MSG-01 EP-09: each turn of a session begins with the bytes of the one before", () => {
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

  test("MSG-01: a message that turns from blocks into a string keeps its bytes", () => {
    for (const { body } of recorded) {
      const messages = body.messages.map((message) => asString(message));
      expect(JSON.stringify(encode({ ...body, messages }).body)).toBe(JSON.stringify(encode(body).body));
    }
  });
});

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object" || value === null) return [];
  const own = "type" in value && value.type === "text" && "text" in value ? [String(value.text)] : [];
  return [...own, ...("content" in value ? textsOf(value.content) : [])];
}

function asString(message: Turn): Turn {
  const { content } = message;
  const [only] = Array.isArray(content) && content.length === 1 ? content : [];
  return only?.type === "text" ? { ...message, content: only.text } : message;
}

function commonStart(first: string, second: string): number {
  let length = 0;
  while (length < first.length && first[length] === second[length]) length++;
  return length;
}
