import { priceTiers } from "../../messages/price-tiers.ts";
import type { ClientCall, ClientDialect } from "../client-dialect.ts";
import { WholeContent } from "../../messages/request-content.ts";
import { renderOpenAiFailure, renderOpenAiRefusal } from "../shared/openai-errors.ts";
import { limitOutput, type OutputFields } from "../shared/limit-output.ts";
import { replayBody } from "../shared/replay-body.ts";
import { translateByMessages, type TranslatedParts } from "../translate-by-messages.ts";
import { decodeResponsesRequest } from "./decode-request.ts";
import { passOn } from "./pass-on.ts";
import type { EventEncoder } from "../../stream/answer-stream.ts";
import { responseSettings } from "./response-settings.ts";
import { checkedResponsesRequest, parseResponsesHead, type ResponsesRequest } from "./responses-request.ts";
import { ResponsesStreamEncoder } from "./stream-encoder.ts";
import { openaiTools } from "../../tools/openai-tools.ts";
import { withoutTools } from "../../tools/without-tools.ts";

/** Clients of OpenAI's Responses: Codex, and OpenAI's SDKs where they use it. */
export const responsesClient: ClientDialect = {
  name: "openai-responses",
  keepAlive: ": still there\n\n",
  requestIdHeader: "x-request-id",
  decodeRequest(body, context) {
    const { createdAtSeconds } = context;
    const head = parseResponsesHead(body);
    const decode = (other: Uint8Array): ClientCall => responsesClient.decodeRequest(other, context);
    return {
      facts: {
        model: head.model,
        stream: head.stream === true,
        maxTokens: head.max_output_tokens ?? undefined,
      },
      tiers: priceTiers(Reflect.get(head, "service_tier")).tiers ?? [],
      content: new WholeContent(() => decodeResponsesRequest(checkedResponsesRequest(head)).request, body.length),
      body,
      tools: () => openaiTools(body).declared,
      withoutTools: (names) => withoutTools({ body, tools: openaiTools(body), decode }, names),
      limitOutput: (maxTokens) => decode(limitOutput(body, outputFields, maxTokens)),
      translate(dialect, target, answer) {
        if (dialect.name === "openai-responses")
          return passOn({ head, body, target }, { context: answer, createdAtSeconds, requestBytes: body.length });
        const parts = partsOf(checkedResponsesRequest(head), createdAtSeconds);
        return translateByMessages(parts, { dialect, target, context: answer });
      },
    };
  },
  renderFailure: renderOpenAiFailure,
  renderRefusal: renderOpenAiRefusal,
};

const outputFields: OutputFields = { names: ["max_output_tokens"], usual: "max_output_tokens" };

function partsOf(asked: ResponsesRequest, createdAtSeconds: number): TranslatedParts {
  const { request, dropped, names, sources } = decodeResponsesRequest(asked);
  const options = { createdAtSeconds, settings: responseSettings(asked), names };
  return {
    request,
    dropped,
    sources: { ...sources, fieldNames },
    whole(answer) {
      const encoder = new ResponsesStreamEncoder(options);
      for (const event of replayBody(answer)) encoder.encode(event);
      return encoder.response();
    },
    newEncoder: () => writeWith(new ResponsesStreamEncoder(options)),
  };
}

/** Beside the request, it would hold that as long as the stream takes. */
function writeWith(encoder: ResponsesStreamEncoder): EventEncoder {
  return (event) => encoder.encode(event);
}

const fieldNames: ReadonlyMap<string, string | null> = new Map([
  ["max_tokens", "max_output_tokens"],
  ["messages", "input"],
  ["system", "instructions"],
  ["output_config.effort", "reasoning.effort"],
  ["output_config.format", "text.format"],
  ["thinking", "reasoning"],
  ["metadata.user_id", "prompt_cache_key"],
]);
