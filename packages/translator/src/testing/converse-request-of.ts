import { genericConverse, type ConverseProfile } from "../dialects/bedrock-converse/profile.ts";
import { converseProfileOf } from "../dialects/bedrock-converse/families.ts";
import { encodeConverseRequest, type EncodedConverse } from "../dialects/bedrock-converse/request.ts";
import { messagesRequest, type LooseRequest } from "./chat-request-of.ts";

/** Claude behind Converse as it was for long: thinking by budget, everything else as well. */
export const claudeModel = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

/** What becomes of a request with these parts for a model. */
export function converseFor(model: string, parts: LooseRequest): EncodedConverse {
  return encodeConverseRequest(messagesRequest(parts), { model, profile: converseProfileOf(model) });
}

/** What becomes of it for a model like the generic one but for `differences`. */
export function converseWith(differences: Partial<ConverseProfile>, parts: LooseRequest): EncodedConverse {
  return encodeConverseRequest(messagesRequest(parts), {
    model: "model",
    profile: { ...genericConverse, ...differences },
  });
}
