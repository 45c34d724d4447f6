import { isRecord } from "../json/is-record.ts";
import type { MessagesRequest } from "../messages/request.ts";
import { sha256 } from "./sha256.ts";

/**
 * A key that is the same for all requests of one session: a hash, as the session's id is nobody's business, of 64
 * hexadecimal digits. Undefined when the client names no user.
 */
export function sessionKey(request: MessagesRequest): string | undefined {
  const userId = request.metadata?.user_id;
  return typeof userId !== "string" || userId === "" ? undefined : sha256(sessionOf(userId));
}

/** Claude Code writes JSON with a `session_id`; before, it wrote `user_…_session_<uuid>`. */
function sessionOf(userId: string): string {
  if (!userId.startsWith("{")) return userId;
  try {
    const value: unknown = JSON.parse(userId);
    const session = isRecord(value) ? value["session_id"] : undefined;
    return typeof session === "string" ? session : userId;
  } catch {
    return userId;
  }
}
