import type { ClientDialect } from "../client-dialect.ts";
import { renderOpenAiFailure, renderOpenAiRefusal } from "../shared/openai-errors.ts";
import { replayBody } from "../shared/replay-body.ts";
import { translatedCall } from "../translated-call.ts";
import { decodeResponsesRequest } from "./decode-request.ts";
import { ResponsesStreamEncoder } from "./stream-encoder.ts";

/** Clients of OpenAI's Responses: Codex, and OpenAI's SDKs where they use it. */
export const responsesClient: ClientDialect = {
  name: "openai-responses",
  keepAlive: ": still there\n\n",
  requestIdHeader: "x-request-id",
  decodeRequest(body, { createdAtSeconds }) {
    const { request, dropped, asked, names, sources } = decodeResponsesRequest(body);
    const options = { createdAtSeconds, asked, names };
    return translatedCall({
      request,
      dropped,
      sources: { ...sources, fieldNames },
      whole(answer) {
        const encoder = new ResponsesStreamEncoder(options);
        for (const event of replayBody(answer)) encoder.encode(event);
        return JSON.stringify(encoder.response());
      },
      newEncoder() {
        const encoder = new ResponsesStreamEncoder(options);
        return (event) => encoder.encode(event);
      },
    });
  },
  renderFailure: renderOpenAiFailure,
  renderRefusal: renderOpenAiRefusal,
};

const fieldNames: ReadonlyMap<string, string | null> = new Map([
  ["max_tokens", "max_output_tokens"],
  ["messages", "input"],
  ["system", "instructions"],
  ["output_config.effort", "reasoning.effort"],
  ["output_config.format", "text.format"],
  ["thinking", "reasoning"],
  ["metadata.user_id", "prompt_cache_key"],
]);
