import type { ClientDialect } from "../client-dialect.ts";
import { renderOpenAiFailure, renderOpenAiRefusal } from "../shared/openai-errors.ts";
import { translateByMessages, type TranslatedParts } from "../translate-by-messages.ts";
import { parseChatRequest, type ChatRequest } from "./chat-request.ts";
import { decodeChatRequest } from "./decode-request.ts";
import { encodeChatAnswer } from "./encode-answer.ts";
import { passOn } from "./pass-on.ts";
import { hasOwnDetails } from "./reasoning-details.ts";
import { ChatStreamEncoder } from "./stream-encoder.ts";

/** Clients of OpenAI's chat completions: OpenAI's SDKs, OpenCode, Cursor and most other tools. */
export const chatClient: ClientDialect = {
  name: "openai-chat",
  keepAlive: ": still there\n\n",
  requestIdHeader: "x-request-id",
  decodeRequest(body, { createdAtSeconds }) {
    const chat = parseChatRequest(body);
    const includeUsage = chat.stream_options?.include_usage === true;
    const isForeign = hasOwnDetails(chat.messages);
    return {
      facts: {
        model: chat.model,
        stream: chat.stream === true,
        maxTokens: chat.max_completion_tokens ?? chat.max_tokens ?? undefined,
      },
      translate(dialect, target, context) {
        // Reasoning that came from elsewhere has to be taken out, which only a translation does.
        if (dialect.name === "openai-chat" && !isForeign)
          return passOn(body, target, { context, includeUsage, requestBytes: body.length });
        return translateByMessages(partsOf(chat, createdAtSeconds), { dialect, target, context });
      },
    };
  },
  renderFailure: renderOpenAiFailure,
  renderRefusal: renderOpenAiRefusal,
};

function partsOf(chat: ChatRequest, createdAtSeconds: number): TranslatedParts {
  const { request, dropped, includeUsage, custom, sources } = decodeChatRequest(chat);
  return {
    request,
    dropped,
    sources: { ...sources, fieldNames },
    whole: (answer) => encodeChatAnswer(answer, { createdAtSeconds, custom }),
    newEncoder() {
      const encoder = new ChatStreamEncoder({ createdAtSeconds, model: request.model, includeUsage, custom });
      return (event) => encoder.encode(event);
    },
  };
}

const fieldNames: ReadonlyMap<string, string | null> = new Map([
  ["max_tokens", "max_completion_tokens"],
  ["stop_sequences", "stop"],
  ["output_config.effort", "reasoning_effort"],
  ["output_config.format", "response_format"],
  ["thinking", "reasoning_effort"],
  ["metadata.user_id", "user"],
]);
