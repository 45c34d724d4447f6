import { answeredShape } from "../conversation/answered-shape.ts";
import type { MessagesRequest } from "../messages/request.ts";
import type { ChatExchange } from "../dialects/openai-chat/stream.ts";

/** An exchange with thinking on and Claude Code's commonest tools, apart from what a test sets. */
export function chatExchange(
  request: Partial<MessagesRequest> = {},
  overrides: Partial<ChatExchange> = {},
): ChatExchange {
  const tools = ["Bash", "Read", "Edit"].map((name) => ({ name, input_schema: { type: "object" } }));
  const asked: MessagesRequest = {
    model: "claude-sonnet-5-5",
    max_tokens: 32_000,
    messages: [{ role: "user", content: "hi" }],
    thinking: { type: "adaptive", display: "summarized" },
    tools,
    ...request,
  };
  return {
    ...answeredShape(asked, { messageId: "msg_01test", askedModel: "claude-sonnet-5-5" }, undefined),
    toolNames: new Map(),
    stopSequences: [],
    reasoningBack: false,
    roughInputTokens: () => 900,
    inputTokens: () => 1_000,
    ...overrides,
  };
}
