import { bareId } from "../shared/bare-id.ts";

/** An answer's id as chat completions spell ids: the same for the same message. */
export function answerId(messageId: unknown): string {
  return `chatcmpl-${bareId(messageId)}`;
}
