import type { RedactedThinkingBlock, ThinkingBlock } from "../../messages/content.ts";
import type { ResponsesItem } from "./responses-request.ts";

type ReasoningItem = Extract<ResponsesItem, { type: "reasoning" }>;

/** No signature begins like this: they are base64, or begin with this package's own mark. */
const redactedMark = "redacted.";

/** The `encrypted_content` of a reasoning item that stands for redacted thinking. */
export function sealRedacted(data: string): string {
  return redactedMark + data;
}

/**
 * Earlier reasoning as thinking: `encrypted_content` is the signature that vouches for the text of the summary.
 * Undefined when there is neither.
 */
export function openReasoning(item: ReasoningItem): ThinkingBlock | RedactedThinkingBlock | undefined {
  const { encrypted_content: proof, summary, content } = item;
  if (proof?.startsWith(redactedMark)) return { type: "redacted_thinking", data: proof.slice(redactedMark.length) };
  const parts = summary?.length ? summary : (content ?? []);
  const thinking = parts.map(({ text }) => text ?? "").join("\n\n");
  if (proof) return { type: "thinking", thinking, signature: proof };
  return thinking === "" ? undefined : { type: "thinking", thinking };
}
