import type { ProviderParts } from "@drawbridge/providers";
import { undiciTransport } from "@drawbridge/providers/node";
import { anthropicMessages, bedrockConverse, gemini, openaiChat, openaiResponses } from "@drawbridge/translator";

/** What every provider is made with: one transport, so that connections outlive a reload, the clock and the dialects. */
export function providerParts(): ProviderParts {
  return {
    transport: undiciTransport(),
    clock: () => performance.now(),
    dialects: {
      "anthropic-messages": anthropicMessages,
      "bedrock-converse": bedrockConverse,
      gemini,
      "openai-chat": openaiChat,
      "openai-responses": openaiResponses,
    },
  };
}
