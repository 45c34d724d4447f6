import fc from "fast-check";
import type { LooseRequest } from "./chat-request-of.ts";

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
const cacheControl = fc.option(fc.constant({ type: "ephemeral" }), { nil: undefined });
const text = fc.record({
  type: fc.constant("text"),
  text: fc.oneof(word, fc.constant(null)),
  cache_control: cacheControl,
});
const mediaType = fc.constantFrom("image/png", "application/pdf", "text/plain");
const source = fc.oneof(
  fc.record({ type: fc.constant("base64"), media_type: mediaType, data: word }),
  fc.record({ type: fc.constant("url"), url: word }),
  fc.record({ type: fc.constant("text"), data: word }),
);
const media = fc.record({
  type: fc.constantFrom("image", "document"),
  source,
  title: fc.option(word),
  cache_control: cacheControl,
});
const unknown = fc.record({
  type: fc.constantFrom("novelty", "mcp_tool_result"),
  text: fc.option(word),
  content: fc.anything(),
});
const reference = fc.record({ type: fc.constant("tool_reference"), tool_name: name });
const output = fc.oneof(
  word,
  fc.constant(null),
  fc.constant({ a: 1 }),
  fc.array(fc.oneof(text, media, reference, unknown), { maxLength: 3 }),
);
const result = fc.record({
  type: fc.constant("tool_result"),
  tool_use_id: id,
  content: output,
  is_error: fc.option(fc.boolean()),
});
const input = fc.oneof(fc.constantFrom({}, { p: 1 }, null, "{", '{"p":1}'), fc.json());
const call = fc.record({ type: fc.constant("tool_use"), id, name, input });
const search = fc.record({ type: fc.constant("web_search_tool_result"), tool_use_id: id, content: fc.anything() });
const tool = fc.record({
  name,
  input_schema: fc.oneof(fc.constant({ type: "object" }), fc.anything()),
  type: fc.constantFrom(undefined, null, "custom", "bash_20250124", "web_search_20250305", "mcp_toolset"),
  defer_loading: fc.option(fc.boolean(), { nil: undefined }),
  strict: fc.option(fc.boolean(), { nil: undefined }),
});

/** Any message that a client could send, and many that it should not; `signatures` are those that its thinking may carry. */
export function anyTurn(signatures: readonly string[] = []): fc.Arbitrary<LooseRequest> {
  const signature = fc.option(fc.constantFrom("", "EqQB", ...signatures));
  const thinking = fc.record({ type: fc.constant("thinking"), thinking: word, signature });
  const redacted = fc.record({ type: fc.constant("redacted_thinking"), data: fc.constantFrom("EmwK", ...signatures) });
  const block = fc.oneof(text, media, unknown, result, call, thinking, redacted, search);
  return fc.record({
    role: fc.constantFrom("user", "assistant", "system"),
    content: fc.oneof(word, fc.constant(null), fc.array(block, { maxLength: 5 })),
    output_config: fc.option(fc.constant({ effort: "max" }), { nil: undefined }),
  });
}

/** The parts of any request that a client could send, and of many that it should not. */
export function anyMessagesRequest(signatures: readonly string[] = []): fc.Arbitrary<LooseRequest> {
  const forced = fc.record({ type: fc.constant("tool"), name });
  return fc.record({
    messages: fc.array(anyTurn(signatures), { maxLength: 8 }),
    system: fc.oneof(fc.constant(undefined), word, fc.array(text, { maxLength: 3 })),
    tools: fc.option(fc.array(tool, { maxLength: 4 })),
    tool_choice: fc.option(fc.oneof(fc.constantFrom({ type: "auto" }, { type: "any" }, { type: "none" }), forced)),
    thinking: fc.option(
      fc.constantFrom({ type: "adaptive" }, { type: "disabled" }, { type: "enabled", budget_tokens: 5_000 }),
    ),
    stop_sequences: fc.option(fc.array(word, { maxLength: 6 })),
  });
}
