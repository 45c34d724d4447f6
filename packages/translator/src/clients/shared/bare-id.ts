/** A message's id without the part that says that it is one; empty when a provider gave none. */
export function bareId(messageId: unknown): string {
  return typeof messageId === "string" ? messageId.replace(/^msg_/, "") : "";
}
