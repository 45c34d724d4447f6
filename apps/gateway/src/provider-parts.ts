import type { ProviderParts } from "@drawbridge/providers";
import { awsCloud } from "@drawbridge/providers/aws";
import { azureCloud } from "@drawbridge/providers/azure";
import { googleCloud } from "@drawbridge/providers/google";
import { undiciTransport } from "@drawbridge/providers/node";
import { anthropicMessages, bedrockConverse, gemini, openaiChat, openaiResponses } from "@drawbridge/translator";

/** What every provider is made with: one transport, so that connections outlive a reload, the clock and the dialects. */
export function providerParts(): ProviderParts {
  return {
    transport: undiciTransport(),
    clock: () => performance.now(),
    clouds: { aws: awsCloud(), azure: azureCloud(), google: googleCloud() },
    dialects: {
      "anthropic-messages": anthropicMessages,
      "bedrock-converse": bedrockConverse,
      gemini,
      "openai-chat": openaiChat,
      "openai-responses": openaiResponses,
    },
  };
}
