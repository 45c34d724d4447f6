import type { Loose } from "../../json/loose.ts";

/** A chunk of a stream, or a whole completion: the same but for `delta` and `message`. */
export type WireChunk = Loose<
  "choices" | "usage" | "x_groq" | "error" | "object" | "code" | "search_results" | "citations" | "service_tier"
>;
export type WireChoice = Loose<
  "index" | "delta" | "message" | "finish_reason" | "native_finish_reason" | "stop_reason" | "usage" | "error"
>;
export type WireDelta = Loose<
  | "content"
  | "refusal"
  | "reasoning"
  | "reasoning_content"
  | "reasoning_details"
  | "tool_calls"
  | "function_call"
  | "images"
  | "audio"
  | "executed_tools"
  | "annotations"
>;
export type WirePart = Loose<"type" | "text" | "thinking" | "refusal" | "image_url">;
export type WireToolCall = Loose<"index" | "id" | "function">;
