import type { ConverseExchange } from "../dialects/bedrock-converse/exchange.ts";
import type { MessagesRequest } from "../messages/request.ts";
import { chatExchange } from "./chat-exchange.ts";

/** An exchange with Claude behind Converse, thinking on, apart from what a test sets. */
export function converseExchange(
  request: Partial<MessagesRequest> = {},
  overrides: Partial<ConverseExchange> = {},
): ConverseExchange {
  return {
    ...chatExchange(request),
    model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    nativeReasoning: true,
    ...overrides,
  };
}
