import { Drops } from "../../conversation/drops.ts";
import type { Dropped } from "../../dialects/dialect.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import type { Sources } from "../rename-dropped.ts";
import { withCacheMarks } from "../shared/cache-marks.ts";
import { withJsonInstruction } from "../shared/json-instruction.ts";
import { reasons } from "../shared/reasons.ts";
import { decodeInput } from "./decode-input.ts";
import { decodeParameters } from "./decode-parameters.ts";
import { decodeTools } from "./decode-tools.ts";
import type { ResponsesRequest } from "./responses-request.ts";
import type { ToolNames } from "./tool-names.ts";

/** A Responses request as a Messages request, and what its answer must know of it. */
export interface DecodedResponses {
  readonly request: MessagesRequest;
  readonly dropped: readonly Dropped[];
  readonly names: ToolNames;
  readonly sources: Omit<Sources, "fieldNames">;
}

/** Reads a Responses request. Throws a TranslatorError when it is at fault or builds on what is not stored here. */
export function decodeResponsesRequest(asked: ResponsesRequest): DecodedResponses {
  const drops = new Drops();
  const parameters = decodeParameters(asked, drops);
  const tools = decodeTools(asked, drops);
  const isJson = asked.text?.format?.type === "json_object";
  if (isJson) drops.add("text.format", reasons.jsonMode);
  const conversation = decodeInput(asked, drops);
  const request = {
    model: asked.model,
    ...(isJson ? withJsonInstruction(conversation.fields) : conversation.fields),
    ...tools.fields,
    ...parameters,
  };
  return {
    request: withCacheMarks(request),
    dropped: drops.list(),
    names: tools.names,
    sources: { ...conversation, toolPaths: tools.toolPaths },
  };
}
