import type { MessagesRequest } from "../messages/request.ts";

/** What becomes of reasoning: shown, its block left empty, or nothing because the client asked for none. */
export type ReasoningDisplay = "shown" | "omitted" | "hidden";

/** How the client wants to see the reasoning of its answer. */
export function reasoningDisplay({ thinking }: MessagesRequest): ReasoningDisplay {
  if (thinking === undefined || thinking === null || thinking.type === "disabled") return "hidden";
  return thinking.display === "omitted" ? "omitted" : "shown";
}
