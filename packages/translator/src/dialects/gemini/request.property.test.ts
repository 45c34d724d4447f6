import fc from "fast-check";
import { expect, test } from "vitest";
import { geminiRequestOf } from "../../testing/index.ts";
import type { GeminiContent, GeminiPart } from "./gemini-request.ts";
import type { GeminiProfile } from "./profile.ts";
import { sealThought } from "./thought-state.ts";

const word = fc.constantFrom("a", "", " ", "b\n", "x-anthropic-billing-header: y");
const id = fc.constantFrom("1", "2", "1_2", "", "call.x:0");
const name = fc.constantFrom("Read", "Bash", "a b", "", "n".repeat(70), "web_search", "1st");
const text = fc.record({ type: fc.constant("text"), text: fc.oneof(word, fc.constant(null)) });
const source = fc.oneof(
  fc.record({
    type: fc.constant("base64"),
    media_type: fc.constantFrom("image/png", "image/gif", "application/pdf", "text/plain"),
    data: word,
  }),
  fc.record({ type: fc.constant("url"), url: fc.constantFrom("gs://b/a.png", "https://x.example") }),
);
const media = fc.record({ type: fc.constantFrom("image", "document"), source, title: fc.option(word) });
const unknown = fc.record({
  type: fc.constantFrom("novelty", "mcp_tool_result"),
  text: fc.option(word),
  content: fc.anything(),
});
const result = fc.record({
  type: fc.constant("tool_result"),
  tool_use_id: id,
  content: fc.oneof(
    word,
    fc.constant(null),
    fc.constant({ a: 1 }),
    fc.array(fc.oneof(text, media, unknown), { maxLength: 3 }),
  ),
  is_error: fc.option(fc.boolean()),
});
const call = fc.record({
  type: fc.constant("tool_use"),
  id,
  name,
  input: fc.constantFrom({}, { p: 1 }, null, "{", '{"p":1}', [1]),
});
const own = fc
  .constantFrom("call" as const, "text" as const, "thought" as const)
  .map((on) => sealThought({ model: "gemini-3.8-flash", state: { on, signature: "S" } }));
const signature = fc.oneof(own, fc.constantFrom("EqQB", "db1.openai-chat.e30", "db1.gemini.", "db1.gemini.!!", null));
const thinking = fc.record({ type: fc.constant("thinking"), thinking: word, signature });
const redacted = fc.record({ type: fc.constant("redacted_thinking"), data: word });
const search = fc.record({ type: fc.constant("web_search_tool_result"), tool_use_id: id, content: fc.anything() });
const block = fc.oneof(text, media, unknown, result, call, thinking, redacted, search);
const message = fc.record({
  role: fc.constantFrom("user", "assistant", "system"),
  content: fc.oneof(word, fc.constant(null), fc.array(block, { maxLength: 4 })),
});
const tool = fc.record({
  name,
  input_schema: fc.oneof(fc.constant({ type: "object", properties: { a: {} } }), fc.anything()),
  type: fc.constantFrom(undefined, null, "custom", "bash_20250124", "web_search_20250305", "mcp_toolset"),
});
const request = fc.record({
  messages: fc.array(message, { maxLength: 8 }),
  system: fc.oneof(fc.constant(undefined), word, fc.array(text, { maxLength: 3 })),
  tools: fc.option(fc.array(tool, { maxLength: 4 })),
  tool_choice: fc.option(
    fc.oneof(
      fc.constantFrom({ type: "auto" }, { type: "any" }, { type: "none" }),
      fc.record({ type: fc.constant("tool"), name }),
    ),
  ),
  thinking: fc.option(
    fc.constantFrom({ type: "adaptive" }, { type: "disabled" }, { type: "enabled", budget_tokens: 5000 }),
  ),
});
const profile: fc.Arbitrary<Partial<GeminiProfile>> = fc.record({
  schemas: fc.constantFrom("json-schema", "openapi"),
  signedCalls: fc.boolean(),
  callIds: fc.boolean(),
  mediaInResponses: fc.boolean(),
  searchBesideFunctions: fc.boolean(),
  systemInstruction: fc.boolean(),
  media: fc.boolean(),
});

const count = (parts: readonly GeminiPart[] | undefined, key: string): number =>
  parts?.filter((part) => key in part).length ?? 0;

/** What Gemini checks of calls: as many responses as calls directly after them, alone in their content. */
function callProblems(contents: readonly GeminiContent[], index: number): string[] {
  const { role, parts } = contents[index] ?? { role: "user", parts: [] };
  const calls = count(parts, "functionCall");
  const answered = count(contents[index + 1]?.parts, "functionResponse");
  const found = calls === answered ? [] : [`${index}: ${calls} calls, ${answered} responses`];
  if (calls > 0 && role !== "model") found.push(`${index}: calls of the user's`);
  const responses = count(parts, "functionResponse");
  const alone = responses === parts.length && role === "user" && count(contents[index - 1]?.parts, "functionCall") > 0;
  if (responses > 0 && !alone) found.push(`${index}: responses not alone`);
  return found;
}

/** And what it checks of every content: something in it, and no two of the model's in a row. */
function problems(contents: readonly GeminiContent[]): string[] {
  return contents.flatMap(({ role, parts }, index) => {
    const found = callProblems(contents, index);
    if (parts.length === 0) found.push(`${index}: empty`);
    if (role === "model" && contents[index + 1]?.role === "model") found.push(`${index}: two contents of the model's`);
    return found;
  });
}

const runs = { numRuns: 500 };

test("TH-01 TH-03 TH-04 TH-05 MSG-08 MSG-15 MSG-17: any request becomes one that Gemini accepts", () => {
  fc.assert(
    fc.property(request, profile, (parts, differences) => {
      const { body } = geminiRequestOf(parts, differences);
      expect(problems(body.contents)).toEqual([]);
      expect(body.contents[0]?.role).toBe("user");
      for (const { functionDeclarations } of body.tools ?? []) {
        for (const one of functionDeclarations ?? []) expect(one.name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/);
      }
      if (body.toolConfig?.functionCallingConfig !== undefined) expect(body.tools).toBeDefined();
      expect(JSON.stringify(body)).not.toMatch(/EqQB|db1\./);
    }),
    runs,
  );
});

test("TK-27: where calls must be signed, the first of each content is", () => {
  fc.assert(
    fc.property(request, (parts) => {
      for (const { parts: said } of geminiRequestOf(parts).body.contents) {
        const first = said.find((part) => "functionCall" in part);
        if (first !== undefined) expect(first).toHaveProperty("thoughtSignature");
      }
    }),
    runs,
  );
});

test("EP-09: the same request gives the same bytes, and is not changed by it", () => {
  fc.assert(
    fc.property(request, profile, (parts, differences) => {
      const before = JSON.stringify(parts);
      const first = JSON.stringify(geminiRequestOf(parts, differences).body);
      expect(JSON.stringify(geminiRequestOf(parts, differences).body)).toBe(first);
      expect(JSON.stringify(parts)).toBe(before);
    }),
    runs,
  );
});
