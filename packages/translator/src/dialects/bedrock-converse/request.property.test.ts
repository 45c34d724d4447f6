import fc from "fast-check";
import { expect, test } from "vitest";
import { sealOpaque } from "../../messages/opaque.ts";
import { messagesRequest } from "../../testing/chat-request-of.ts";
import type { ConverseBlock, ConverseMessage, ConverseRequest } from "./converse-request.ts";
import { converseProfileOf } from "./families.ts";
import { encodeConverseRequest } from "./request.ts";

const word = fc.constantFrom(
  "a",
  "",
  " ",
  "b\n",
  "x-anthropic-billing-header: y",
  "<system-reminder>z</system-reminder>",
);
const id = fc.constantFrom("1", "2", "1_2", "", "call.x:0", "i".repeat(70));
const name = fc.constantFrom("Read", "Bash", "a.b", "", "n".repeat(70), "web_search");
const marker = fc.option(fc.constantFrom({ type: "ephemeral" }, { type: "ephemeral", ttl: "1h" }), { nil: undefined });
const text = fc.record({ type: fc.constant("text"), text: fc.oneof(word, fc.constant(null)), cache_control: marker });
const source = fc.oneof(
  fc.record({
    type: fc.constant("base64"),
    media_type: fc.constantFrom("image/png", "image/tiff", "application/pdf", "text/plain"),
    data: word,
  }),
  fc.record({ type: fc.constant("url"), url: word }),
  fc.record({ type: fc.constant("text"), data: word }),
);
const media = fc.record({
  type: fc.constantFrom("image", "document"),
  source,
  title: fc.option(word),
  cache_control: marker,
});
const unknown = fc.record({
  type: fc.constantFrom("novelty", "mcp_tool_result"),
  text: fc.option(word),
  content: fc.anything(),
});
const reference = fc.record({ type: fc.constant("tool_reference"), tool_name: name });
const result = fc.record({
  type: fc.constant("tool_result"),
  tool_use_id: id,
  content: fc.oneof(
    word,
    fc.constant(null),
    fc.constant({ a: 1 }),
    fc.array(fc.oneof(text, media, reference, unknown), { maxLength: 3 }),
  ),
  is_error: fc.option(fc.boolean()),
  cache_control: marker,
});
const call = fc.record({
  type: fc.constant("tool_use"),
  id,
  name,
  input: fc.oneof(fc.constantFrom({}, { p: 1 }, null, "{", '{"p":1}'), fc.json()),
  cache_control: marker,
});
const signature = fc.constantFrom("EqQB", "", null, sealOpaque("gemini", "x"), sealOpaque("bedrock-converse", "{}"));
const thinking = fc.record({ type: fc.constant("thinking"), thinking: word, signature });
const redacted = fc.record({ type: fc.constant("redacted_thinking"), data: word });
const search = fc.record({ type: fc.constant("web_search_tool_result"), tool_use_id: id, content: fc.anything() });
const block = fc.oneof(text, media, unknown, result, call, thinking, redacted, search);
const turnPart = fc.record({
  role: fc.constantFrom("user", "assistant", "system"),
  content: fc.oneof(word, fc.constant(null), fc.array(block, { maxLength: 4 })),
  output_config: fc.option(fc.constant({ effort: "max" }), { nil: undefined }),
});
const tool = fc.record({
  name,
  description: fc.option(word),
  input_schema: fc.oneof(fc.constant({ type: "object" }), fc.anything()),
  type: fc.constantFrom(undefined, null, "custom", "bash_20250124", "web_search_20250305", "mcp_toolset"),
  strict: fc.option(fc.boolean(), { nil: undefined }),
  cache_control: marker,
});
const request = fc.record({
  messages: fc.array(turnPart, { maxLength: 8 }),
  system: fc.oneof(fc.constant(undefined), word, fc.array(text, { maxLength: 3 })),
  tools: fc.option(fc.array(tool, { maxLength: 4 })),
  tool_choice: fc.option(
    fc.oneof(
      fc.constantFrom({ type: "auto" }, { type: "any" }, { type: "none" }),
      fc.record({ type: fc.constant("tool"), name }),
    ),
  ),
  thinking: fc.option(
    fc.constantFrom({ type: "adaptive" }, { type: "disabled" }, { type: "enabled", budget_tokens: 5_000 }),
  ),
  max_tokens: fc.constantFrom(1, 1_024, 32_000),
  stop_sequences: fc.option(fc.array(word, { maxLength: 6 })),
  temperature: fc.option(fc.constant(0.5)),
  top_p: fc.option(fc.constant(0.5)),
  cache_control: marker,
});
const model = fc.constantFrom(
  "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
  "anthropic.claude-opus-4-7-v1:0",
  "anthropic.claude-3-haiku-20240307-v1:0",
  "amazon.nova-pro-v1:0",
  "us.amazon.nova-2-lite-v1:0",
  "meta.llama3-3-70b-instruct-v1:0",
  "us.openai.gpt-5.6-sol",
  "openai.gpt-oss-120b-1:0",
  "arn:aws:bedrock:us-east-1:123:application-inference-profile/x",
);
const runs = { numRuns: 400 };

/** What Bedrock checks: roles take turns from the user on, results directly after their calls, one each. */
function orderProblems(messages: readonly ConverseMessage[]): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  let open: readonly string[] = [];
  for (const [index, { role, content }] of messages.entries()) {
    if (role !== (index % 2 === 0 ? "user" : "assistant")) problems.push(`${index}: ${role} out of turn`);
    const results = content.flatMap((part) => ("toolResult" in part ? [part.toolResult.toolUseId] : []));
    if (results.join() !== open.join()) problems.push(`${index}: results ${results.join()} for calls ${open.join()}`);
    open = content.flatMap((part) => ("toolUse" in part ? [part.toolUse.toolUseId] : []));
    for (const made of open)
      if (seen.size === seen.add(made).size) problems.push(`${index}: the id ${made} comes twice`);
  }
  return open.length > 0 ? [...problems, "calls without results at the end"] : problems;
}

function messageProblems({ role, content }: ConverseMessage): string[] {
  const holds = (kind: string): boolean => content.some((part) => kind in part);
  return [
    ...content.flatMap((part, at) => blockProblems(part, content[at - 1])),
    ...(content.length === 0 ? ["no content"] : []),
    ...(holds("document") && !holds("text") ? ["a document alone"] : []),
    ...(role === "assistant" && (holds("image") || holds("document")) ? ["media of the assistant's"] : []),
  ];
}

function blockProblems(part: ConverseBlock, before: ConverseBlock | undefined): string[] {
  if ("text" in part) return /\S/.test(part.text) ? [] : ["blank text"];
  if ("toolUse" in part) return /^[a-zA-Z0-9_-]{1,64}$/.test(part.toolUse.name) ? [] : ["an illegal name"];
  if ("toolResult" in part) return part.toolResult.content.length > 0 ? [] : ["an empty result"];
  if ("cachePoint" in part) return before === undefined || "cachePoint" in before ? ["a point after nothing"] : [];
  return [];
}

function otherProblems(body: ConverseRequest): string[] {
  const written = JSON.stringify(body);
  const { thinking: given } = Object(body.additionalModelRequestFields);
  const { maxTokens, temperature } = body.inferenceConfig;
  const faults: Readonly<Record<string, boolean>> = {
    "too many cache points": (written.match(/"cachePoint":/g)?.length ?? 0) > 4,
    "a budget over the limit": given?.budget_tokens >= maxTokens,
    "sampling and thinking": given?.type === "enabled" && temperature !== undefined,
    "calls without tools": written.includes('"toolUse":') && body.toolConfig === undefined,
    "a marker of the client's": /"cache_control":|"input_schema":/.test(written),
  };
  return [...toolProblems(body), ...Object.keys(faults).filter((fault) => faults[fault])];
}

function toolProblems({ toolConfig }: ConverseRequest): string[] {
  const tools = toolConfig?.tools ?? [];
  const names = new Set(tools.map((spec) => ("toolSpec" in spec ? spec.toolSpec.name : spec)));
  return [
    ...(toolConfig?.tools.length === 0 ? ["no tools"] : []),
    ...(names.size < tools.length ? ["a name twice"] : []),
  ];
}

test("MSG-07 MSG-08 TH-01 TH-04 TH-05 TH-07 TD-36: any request becomes one that Bedrock accepts", () => {
  fc.assert(
    fc.property(request, model, (parts, to) => {
      const { body } = encodeConverseRequest(messagesRequest(parts), { model: to, profile: converseProfileOf(to) });
      const faults = [
        ...orderProblems(body.messages),
        ...body.messages.flatMap(messageProblems),
        ...otherProblems(body),
      ];
      expect(faults).toEqual([]);
      if (converseProfileOf(to).cachePoints.length === 0) expect(JSON.stringify(body)).not.toContain('"cachePoint":');
    }),
    runs,
  );
});

test("TD-35: the same request gives the same bytes, and is not changed by it", () => {
  fc.assert(
    fc.property(request, model, (parts, to) => {
      const whole = messagesRequest(parts);
      const before = JSON.stringify(whole);
      const encode = (): string =>
        JSON.stringify(encodeConverseRequest(whole, { model: to, profile: converseProfileOf(to) }));
      expect(encode()).toBe(encode());
      expect(JSON.stringify(whole)).toBe(before);
    }),
    runs,
  );
});
