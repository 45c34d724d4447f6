import type { ResponsesRequest } from "./responses-request.ts";

/**
 * What a request says of how it is answered, for its answer to repeat. Instructions and tools are left out, because a
 * stream would carry them three times, and so is the input, which nobody should hold while a stream takes minutes.
 */
export interface ResponseSettings {
  readonly model: string;
  readonly told: Readonly<Record<string, unknown>>;
}

/** The settings of a request. Source: `Response` in openai-node. */
export function responseSettings(asked: ResponsesRequest): ResponseSettings {
  const { model, reasoning } = asked;
  return {
    model,
    told: {
      max_output_tokens: asked.max_output_tokens ?? null,
      parallel_tool_calls: asked.parallel_tool_calls ?? true,
      reasoning: { effort: reasoning?.effort ?? null, summary: reasoning?.summary ?? null },
      temperature: asked.temperature ?? 1,
      text: asked.text ?? { format: { type: "text" } },
      tool_choice: asked.tool_choice ?? "auto",
      top_p: asked.top_p ?? 1,
      metadata: asked["metadata"] ?? {},
    },
  };
}
