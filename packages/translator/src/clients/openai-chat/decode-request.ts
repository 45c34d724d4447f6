import { Drops } from "../../conversation/drops.ts";
import type { Dropped } from "../../dialects/dialect.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import type { Sources } from "../rename-dropped.ts";
import { withCacheMarks } from "../shared/cache-marks.ts";
import { withJsonInstruction } from "../shared/json-instruction.ts";
import { reasons } from "../shared/reasons.ts";
import type { ChatRequest } from "./chat-request.ts";
import { decodeMessages } from "./decode-messages.ts";
import { decodeParameters } from "./decode-parameters.ts";
import { decodeTools } from "./decode-tools.ts";

/** A chat completions request as a Messages request, and what its answer must know of it. */
export interface DecodedChat {
  readonly request: MessagesRequest;
  readonly dropped: readonly Dropped[];
  readonly includeUsage: boolean;
  /** Names of the tools that take one text instead of an object. */
  readonly custom: ReadonlySet<string>;
  readonly sources: Omit<Sources, "fieldNames">;
}

/** Reads a chat completions request. Throws a TranslatorError when it is at fault or asks for another kind of answer. */
export function decodeChatRequest(chat: ChatRequest): DecodedChat {
  const drops = new Drops();
  const parameters = decodeParameters(chat, drops);
  const tools = decodeTools(chat, drops);
  const conversation = decodeMessages(chat.messages, drops);
  const isJson = chat.response_format?.type === "json_object";
  if (isJson) drops.add("response_format", reasons.jsonMode);
  const said = isJson ? withJsonInstruction(conversation.fields) : conversation.fields;
  const request = { model: chat.model, ...said, ...tools.fields, ...parameters };
  return {
    request: withCacheMarks(request),
    dropped: drops.list(),
    includeUsage: chat.stream_options?.include_usage === true,
    custom: tools.custom,
    sources: { ...conversation, toolPaths: tools.toolPaths },
  };
}
