import { priceTiers } from "../../messages/price-tiers.ts";
import type { ClientCall, ClientDialect } from "../client-dialect.ts";
import { WholeContent } from "../../messages/request-content.ts";
import { renderOpenAiFailure, renderOpenAiRefusal } from "../shared/openai-errors.ts";
import { limitOutput, type OutputFields } from "../shared/limit-output.ts";
import { translateByMessages, type TranslatedParts } from "../translate-by-messages.ts";
import { parseChatRequest, type ChatRequest } from "./chat-request.ts";
import { decodeChatRequest } from "./decode-request.ts";
import { encodeChatAnswer } from "./encode-answer.ts";
import { passOn } from "./pass-on.ts";
import { hasOwnDetails } from "./reasoning-details.ts";
import type { EventEncoder } from "../../stream/answer-stream.ts";
import { ChatStreamEncoder } from "./stream-encoder.ts";
import { openaiTools } from "../../tools/openai-tools.ts";
import { withoutTools } from "../../tools/without-tools.ts";

/** Clients of OpenAI's chat completions: OpenAI's SDKs, OpenCode, Cursor and most other tools. */
export const chatClient: ClientDialect = {
  name: "openai-chat",
  keepAlive: ": still there\n\n",
  requestIdHeader: "x-request-id",
  decodeRequest(body, context) {
    const { createdAtSeconds } = context;
    const chat = parseChatRequest(body);
    const includeUsage = chat.stream_options?.include_usage === true;
    const isForeign = hasOwnDetails(chat.messages);
    const decode = (other: Uint8Array): ClientCall => chatClient.decodeRequest(other, context);
    return {
      facts: {
        model: chat.model,
        stream: chat.stream === true,
        maxTokens: chat.max_completion_tokens ?? chat.max_tokens ?? undefined,
      },
      tiers: priceTiers(Reflect.get(chat, "service_tier")).tiers ?? [],
      content: new WholeContent(() => decodeChatRequest(chat).request, body.length),
      body,
      tools: () => openaiTools(body).declared,
      withoutTools: (names) => withoutTools({ body, tools: openaiTools(body), decode }, names),
      limitOutput: (maxTokens) => decode(limitOutput(body, outputFields, maxTokens)),
      translate(dialect, target, answer) {
        // Reasoning that came from elsewhere has to be taken out, which only a translation does.
        if (dialect.name === "openai-chat" && !isForeign)
          return passOn(body, target, { context: answer, includeUsage, requestBytes: body.length });
        return translateByMessages(partsOf(chat, createdAtSeconds), { dialect, target, context: answer });
      },
    };
  },
  renderFailure: renderOpenAiFailure,
  renderRefusal: renderOpenAiRefusal,
};

const outputFields: OutputFields = { names: ["max_completion_tokens", "max_tokens"], usual: "max_completion_tokens" };

function partsOf(chat: ChatRequest, createdAtSeconds: number): TranslatedParts {
  const { request, dropped, includeUsage, custom, sources } = decodeChatRequest(chat);
  return {
    request,
    dropped,
    sources: { ...sources, fieldNames },
    whole: (answer) => encodeChatAnswer(answer, { createdAtSeconds, custom }),
    newEncoder: () =>
      writeWith(new ChatStreamEncoder({ createdAtSeconds, model: request.model, includeUsage, custom })),
  };
}

/** Beside the request, it would hold that as long as the stream takes. */
function writeWith(encoder: ChatStreamEncoder): EventEncoder {
  return (event) => encoder.encode(event);
}

const fieldNames: ReadonlyMap<string, string | null> = new Map([
  ["max_tokens", "max_completion_tokens"],
  ["stop_sequences", "stop"],
  ["output_config.effort", "reasoning_effort"],
  ["output_config.format", "response_format"],
  ["thinking", "reasoning_effort"],
  ["metadata.user_id", "user"],
]);
