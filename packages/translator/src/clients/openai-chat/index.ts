import type { ClientDialect } from "../client-dialect.ts";
import { renderOpenAiFailure, renderOpenAiRefusal } from "../shared/openai-errors.ts";
import { translatedCall } from "../translated-call.ts";
import { decodeChatRequest } from "./decode-request.ts";
import { encodeChatAnswer } from "./encode-answer.ts";
import { ChatStreamEncoder } from "./stream-encoder.ts";

/** Clients of OpenAI's chat completions: OpenAI's SDKs, OpenCode, Cursor and most other tools. */
export const chatClient: ClientDialect = {
  name: "openai-chat",
  keepAlive: ": still there\n\n",
  requestIdHeader: "x-request-id",
  decodeRequest(body, { createdAtSeconds }) {
    const { request, dropped, includeUsage, custom, sources } = decodeChatRequest(body);
    return translatedCall({
      request,
      dropped,
      sources: { ...sources, fieldNames },
      whole: (answer) => encodeChatAnswer(answer, { createdAtSeconds, custom }),
      newEncoder() {
        const encoder = new ChatStreamEncoder({ createdAtSeconds, model: request.model, includeUsage, custom });
        return (event) => encoder.encode(event);
      },
    });
  },
  renderFailure: renderOpenAiFailure,
  renderRefusal: renderOpenAiRefusal,
};

const fieldNames: ReadonlyMap<string, string | null> = new Map([
  ["max_tokens", "max_completion_tokens"],
  ["stop_sequences", "stop"],
  ["output_config.effort", "reasoning_effort"],
  ["output_config.format", "response_format"],
  ["thinking", "reasoning_effort"],
  ["metadata.user_id", "user"],
]);
