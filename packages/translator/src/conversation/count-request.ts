import { parseCountRequest } from "../messages/parse-request.ts";
import { editContext, type EditedContext } from "./edit-context.ts";

/** No count depends on it, and no budget for thinking is cut by it. */
const anyLimit = 64_000;

/** Parses a `count_tokens` request into the request that would be sent. Throws as `parseCountRequest` does. */
export function readCountRequest(body: Uint8Array): EditedContext {
  return editContext({ max_tokens: anyLimit, ...parseCountRequest(body) });
}
