import type { MessagesRequest } from "../../messages/request.ts";

/** Who or what asks, so that providers can keep one conversation's cache together. */
export function decodeUser(request: Readonly<Record<string, unknown>>): Pick<MessagesRequest, "metadata"> {
  const id = [request["prompt_cache_key"], request["safety_identifier"], request["user"]].find(
    (value): value is string => typeof value === "string" && value !== "",
  );
  return id === undefined ? {} : { metadata: { user_id: id } };
}
