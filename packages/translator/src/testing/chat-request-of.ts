import { genericChat, type ChatProfile } from "../dialects/openai-chat/profile.ts";
import { encodeChatRequest, type EncodedChat } from "../dialects/openai-chat/request.ts";
import type { MessagesRequest } from "../messages/request.ts";

/** Parts of a request as a client may write them, also where the types say that it should not. */
export type LooseRequest = Readonly<Record<string, unknown>>;

/** A whole Messages request made of the parts that a test is about. */
export function messagesRequest(parts: LooseRequest): MessagesRequest {
  const request: unknown = { model: "claude", max_tokens: 1000, messages: [{ role: "user", content: "hi" }], ...parts };
  return request as MessagesRequest;
}

/** What becomes of a request with these parts at a server like the generic one but for `differences`. */
export function chatRequestOf(parts: LooseRequest, differences: Partial<ChatProfile> = {}): EncodedChat {
  return encodeChatRequest(messagesRequest(parts), "model", { ...genericChat, ...differences });
}
