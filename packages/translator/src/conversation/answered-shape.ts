import type { TranslationContext } from "../dialects/dialect.ts";
import type { ContextManagement } from "../messages/context-management.ts";
import type { MessagesRequest } from "../messages/request.ts";
import { reasoningDisplay, type ReasoningDisplay } from "./reasoning-display.ts";

/** A request as far as the form of its answer depends on it. It holds nothing of the request that could be long. */
export interface AnsweredShape extends TranslationContext {
  /** What was done to the context of the request, for the answer to tell. */
  readonly contextManagement?: ContextManagement | undefined;
  readonly display: ReasoningDisplay;
  /** Sequences at which the client wants the answer to stop. */
  readonly askedStops: readonly string[];
  /** What the client calls the tools that it offers. */
  readonly offeredTools: readonly string[];
  /** Ids of the calls that the conversation has had. */
  readonly usedCallIds: readonly string[];
}

/** What the form of an answer depends on: all that is kept of a request of megabytes while it is answered for minutes. */
export function answeredShape(
  request: MessagesRequest,
  { messageId, askedModel }: TranslationContext,
  contextManagement: ContextManagement | undefined,
): AnsweredShape {
  return {
    messageId,
    askedModel,
    contextManagement,
    display: reasoningDisplay(request),
    askedStops: request.stop_sequences ?? [],
    offeredTools: (request.tools ?? []).map(({ name }) => name),
    usedCallIds: idsInHistory(request),
  };
}

function idsInHistory(request: MessagesRequest): string[] {
  const ids: string[] = [];
  for (const { role, content } of request.messages) {
    if (role !== "assistant" || content === null || typeof content === "string") continue;
    for (const block of content) if (block.type === "tool_use") ids.push(block.id);
  }
  return ids;
}
