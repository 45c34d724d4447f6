import { offerTools } from "../../conversation/offered-tools.ts";
import { readModelName } from "../../conversation/read-model-name.ts";
import { reportFields } from "../../conversation/report-fields.ts";
import { splitStop } from "../../conversation/split-stop.ts";
import { takeSampling } from "../../conversation/take-sampling.ts";
import { asksOnlyForSearch } from "../../conversation/tool-choice.ts";
import { TranslatorError } from "../../errors.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import type { Dropped } from "../dialect.ts";
import type { ChatMessage, ChatRequest } from "./chat-request.ts";
import { encodeHistory } from "./history.ts";
import { encodeCacheKey, encodeFormat, encodeLimit } from "./parameters.ts";
import type { ChatProfile } from "./profile.ts";
import { encodeReasoning } from "./reasoning.ts";
import { ChatScene } from "./scene.ts";
import { encodeToolChoice } from "./tool-choice.ts";
import { encodeTool } from "./tools.ts";
import { encodeWebSearch, functionsBeside, type ToldSearch } from "./web-search.ts";

/** A request in the chat dialect and what is needed to read its answer. */
export interface EncodedChat {
  readonly body: ChatRequest;
  readonly dropped: readonly Dropped[];
  /** The client's names of tools by their name on the wire; only those that differ are in it. */
  readonly toolNames: ReadonlyMap<string, string>;
  /** Stop sequences that the server was not told and that the reader of the answer must enforce. */
  readonly stopSequences: readonly string[];
  /** True when the client wants nothing but a web search, and the provider makes none. */
  readonly unavailableSearch: boolean;
  /** The provider's own search, when it is asked for. */
  readonly search: ToldSearch | undefined;
}

/**
 * Writes a Messages request as a chat completions request for a server of which `profile` tells what it takes. The
 * same request gives the same bytes, and one turn's bytes begin the next one's. Throws {@link TranslatorError} for a
 * file in Anthropic's store, for more tools than the server takes and for nesting without end; all else that cannot be said is in `dropped`.
 */
export function encodeChatRequest(request: MessagesRequest, model: string, profile: ChatProfile): EncodedChat {
  try {
    return encode(request, model, profile);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TranslatorError("invalid-request", "The request body is nested too deeply", { cause: error });
  }
}

function encode(request: MessagesRequest, model: string, profile: ChatProfile): EncodedChat {
  const scene = new ChatScene(profile);
  const offered = offerTools(request, scene);
  const functions = functionsBeside(offered, scene).map((tool) => encodeTool(tool, scene));
  const search = encodeWebSearch(request, offered, scene);
  const tools = [...search.tools, ...functions];
  const hasTools = functions.length > 0;
  scene.callsTools = hasTools || !profile.toolCallsNeedTools;
  // OpenAI's models that take no sampling take no stop sequences either; others take four: `stop` in openai-node.
  const stop = splitStop(request, profile.sampling ? profile.maxStopSequences : 0, scene);
  const body: ChatRequest = {
    model: readModelName(model).name,
    ...encodeStreaming(request, profile),
    ...encodeLimit(request, scene),
    ...takeSampling(request, profile, scene),
    ...(stop.sent.length > 0 ? { stop: stop.sent } : {}),
    ...encodeReasoning(request, hasTools, scene),
    ...encodeFormat(request, scene),
    ...encodeCacheKey(request, scene),
    ...encodeToolChoice(request, offered, scene),
    ...search.fields,
    ...(tools.length > 0 ? { tools } : {}),
    ...encodePrefill(encodeHistory(request, scene), profile),
  };
  reportFields(request, scene);
  return {
    body,
    dropped: scene.drops.list(),
    toolNames: scene.names.renamed(),
    stopSequences: stop.local,
    unavailableSearch: search.told === undefined && asksOnlyForSearch(request, offered),
    search: search.told,
  };
}

function encodeStreaming(
  request: MessagesRequest,
  profile: ChatProfile,
): Pick<ChatRequest, "stream" | "stream_options"> {
  if (request.stream !== true) return {};
  return profile.streamUsage ? { stream: true, stream_options: { include_usage: true } } : { stream: true };
}

type Conversation = Pick<ChatRequest, "messages" | "continue_final_message" | "add_generation_prompt">;

/** A conversation that ends with the assistant is to be continued there; servers differ in how they are told. */
function encodePrefill(messages: readonly ChatMessage[], { prefill }: ChatProfile): Conversation {
  if (prefill === "as-is" || messages.at(-1)?.role !== "assistant") return { messages };
  if (prefill === "prefix") return { messages: withPrefix(messages) };
  return { continue_final_message: true, add_generation_prompt: false, messages };
}

function withPrefix(messages: readonly ChatMessage[]): ChatMessage[] {
  return messages.map((message, index) => {
    return index === messages.length - 1 && message.role === "assistant" ? { ...message, prefix: true } : message;
  });
}
