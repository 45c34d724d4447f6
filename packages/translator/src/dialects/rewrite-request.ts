import { encodeJson } from "../json/encode-json.ts";
import { readEnvelope } from "../messages/read-envelope.ts";
import type { MessagesRequest } from "../messages/request.ts";
import type { ClientRequest } from "./dialect.ts";

/** A client's request with another content. */
export function rewriteRequest({ betas }: ClientRequest, request: MessagesRequest): ClientRequest {
  const body = encodeJson(request);
  return { body, envelope: readEnvelope(body), ...(betas && { betas }) };
}
