import { genericResponses, type ResponsesProfile } from "../dialects/openai-responses/profile.ts";
import { encodeResponsesRequest, type EncodedResponses } from "../dialects/openai-responses/request.ts";
import { messagesRequest, type LooseRequest } from "./chat-request-of.ts";

/** What becomes of a request with these parts at a server of the Responses API like the generic one but for `differences`. */
export function responsesRequestOf(parts: LooseRequest, differences: Partial<ResponsesProfile> = {}): EncodedResponses {
  return encodeResponsesRequest(messagesRequest(parts), "model", { ...genericResponses, ...differences });
}
