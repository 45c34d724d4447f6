import type { MessagesRequest } from "../../messages/request.ts";
import type { Dropped } from "../dialect.ts";
import type { ChatMessage, ChatRequest } from "./chat-request.ts";
import { encodeHistory } from "./history.ts";
import { encodeFormat, encodeLimit, encodeSampling, encodeStop, promptCacheKey, reportFields } from "./parameters.ts";
import type { ChatProfile } from "./profile.ts";
import { encodeReasoning } from "./reasoning.ts";
import { Scene } from "./scene.ts";
import { asksOnlyForSearch, encodeToolChoice } from "./tool-choice.ts";
import { encodeTools } from "./tools.ts";

/** A request in the chat dialect and what is needed to read its answer. */
export interface EncodedChat {
  readonly body: ChatRequest;
  readonly dropped: readonly Dropped[];
  /** The client's names of tools by their name on the wire; only those that differ are in it. */
  readonly toolNames: ReadonlyMap<string, string>;
  /** Stop sequences that the server was not told and that the reader of the answer must enforce. */
  readonly stopSequences: readonly string[];
  /** True when the client wants nothing but a web search, which this dialect cannot make. */
  readonly unavailableSearch: boolean;
}

/**
 * Writes a Messages request as a chat completions request for a server of which `profile` tells what it takes. The
 * same request gives the same bytes, and one turn's bytes begin the next one's. Throws {@link TranslatorError} for a
 * file in Anthropic's store and for more tools than the server takes; all else that cannot be said is in `dropped`.
 */
export function encodeChatRequest(request: MessagesRequest, model: string, profile: ChatProfile): EncodedChat {
  const scene = new Scene(profile);
  const tools = encodeTools(request, scene);
  scene.callsTools = tools.tools.length > 0 || !profile.toolCallsNeedTools;
  const stop = encodeStop(request, scene);
  const format = encodeFormat(request, scene);
  const cacheKey = promptCacheKey(request, scene);
  const streams = request.stream === true;
  const messages = encodeHistory(request, scene);
  const prefills = messages.at(-1)?.role === "assistant";
  const body: ChatRequest = {
    model,
    ...(streams ? { stream: true } : {}),
    ...(streams && profile.streamUsage ? { stream_options: { include_usage: true } } : {}),
    ...encodeLimit(request, scene),
    ...encodeSampling(request, scene),
    ...(stop.sent.length > 0 ? { stop: stop.sent } : {}),
    ...encodeReasoning(request, tools.tools.length > 0, scene),
    ...(format === undefined ? {} : { response_format: format }),
    ...(cacheKey === undefined ? {} : { prompt_cache_key: cacheKey }),
    ...encodeToolChoice(request, tools, scene),
    ...(tools.tools.length > 0 ? { tools: tools.tools } : {}),
    ...(prefills && profile.prefill === "continue_final_message"
      ? { continue_final_message: true, add_generation_prompt: false }
      : {}),
    messages: prefills && profile.prefill === "prefix" ? withPrefix(messages) : messages,
  };
  reportFields(request, scene);
  return {
    body,
    dropped: scene.drops.list(),
    toolNames: scene.names.renamed(),
    stopSequences: stop.local,
    unavailableSearch: asksOnlyForSearch(request, tools),
  };
}

function withPrefix(messages: readonly ChatMessage[]): ChatMessage[] {
  return messages.map((message, index) => {
    return index === messages.length - 1 && message.role === "assistant" ? { ...message, prefix: true } : message;
  });
}
