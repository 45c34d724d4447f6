import type { Loose } from "../../json/loose.ts";

/** One event of a stream; a whole answer is read as the `response` of the last one. */
export type WireEvent = Loose<
  | "type"
  | "response"
  | "item"
  | "item_id"
  | "output_index"
  | "content_index"
  | "summary_index"
  | "delta"
  | "text"
  | "refusal"
  | "arguments"
  | "name"
  | "part"
  | "annotation"
  | "error"
  | "code"
  | "message"
>;
export type WireResponse = Loose<
  "status" | "output" | "usage" | "error" | "incomplete_details" | "object" | "service_tier"
>;
export type WireItem = Loose<
  | "type"
  | "id"
  | "call_id"
  | "name"
  | "arguments"
  | "content"
  | "summary"
  | "encrypted_content"
  | "action"
  | "results"
  | "status"
>;
export type WirePart = Loose<"type" | "text" | "refusal" | "annotations">;
