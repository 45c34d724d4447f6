import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { LooseRequest } from "../../testing/chat-request-of.ts";
import { converseFor } from "../../testing/converse-request-of.ts";

const folder = new URL("../../../../../../shared/fixtures/claude-code-requests/", import.meta.url);
const models = ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-opus-4-7-v1:0", "unknown"];

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

/** Where each field of a request goes; a field that is neither here nor reported was lost. */
const carriedAs: Readonly<Record<string, readonly string[]>> = {
  // The two stand in the path.
  model: ["inferenceConfig"],
  stream: ["inferenceConfig"],
  max_tokens: ["inferenceConfig"],
  messages: ["messages"],
  system: ["system"],
  tools: ["toolConfig"],
  tool_choice: ["toolConfig"],
  thinking: ["additionalModelRequestFields"],
  output_config: ["additionalModelRequestFields", "outputConfig"],
  temperature: ["inferenceConfig"],
  stop_sequences: ["inferenceConfig"],
};

describe.skipIf(recorded.length === 0).each(models)("requests that Claude Code sends, for %s", (model) => {
  test.each(recorded)("$name: each field is carried or reported, and no text is lost", ({ body }) => {
    const { body: sent, dropped } = converseFor(model, body);
    for (const [field, value] of Object.entries(body)) {
      const reported = dropped.some(
        ({ path }) => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`),
      );
      const carried = (carriedAs[field] ?? []).some((key) => key in sent);
      const empty =
        value === false || Object(value).type === "disabled" || (Array.isArray(value) && value.length === 0);
      expect(carried || reported || empty, field).toBe(true);
    }
    const said = JSON.stringify([sent.system, sent.messages]);
    expect(JSON.stringify(sent)).not.toMatch(/cache_control|billing-header|defer_loading|\$schema|dddddddd/);
    for (const text of textsOf(body.messages)) expect(said).toContain(JSON.stringify(text).slice(1, -1));
  });

  test("MSG-01: each turn of a session begins with the bytes of the one before", () => {
    const session = recorded.find(({ name }) => name.startsWith("long-20-turns"))?.body;
    if (session === undefined) return;
    const requests = session.messages
      .map(({ role }, index) => (role === "assistant" ? index : 0))
      .filter((end) => end > 0)
      .map((end) => JSON.stringify(converseFor(model, { ...session, messages: session.messages.slice(0, end) }).body));
    expect(requests.length).toBeGreaterThan(10);
    for (const [index, earlier] of requests.slice(0, -1).entries()) {
      expect(commonStart(earlier, requests[index + 1] ?? "") / earlier.length).toBeGreaterThanOrEqual(0.99);
    }
  });
});

test.skipIf(recorded.length === 0)(
  "a request is encoded at a few microseconds per KB, parsing and writing included",
  () => {
    const texts = recorded.map(({ body }) => JSON.stringify(body));
    const kilobytes = texts.reduce((sum, text) => sum + text.length / 1024, 0);
    const round = (): void => {
      for (const text of texts) JSON.stringify(converseFor(models[0] ?? "", JSON.parse(text)).body);
    };
    for (let warm = 0; warm < 5; warm++) round();
    const start = process.cpuUsage();
    for (let count = 0; count < 5; count++) round();
    const { user, system } = process.cpuUsage(start);
    console.info(`bedrock-converse requests: ${((user + system) / 5 / kilobytes).toFixed(1)} µs of CPU per KB`);
    expect(kilobytes).toBeGreaterThan(0);
  },
);

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object" || value === null) return [];
  const text = "type" in value && value.type === "text" && "text" in value ? String(value.text) : "";
  return [...(/\S/.test(text) ? [text] : []), ...("content" in value ? textsOf(value.content) : [])];
}

function commonStart(first: string, second: string): number {
  let length = 0;
  while (length < first.length && first[length] === second[length]) length++;
  return length;
}
