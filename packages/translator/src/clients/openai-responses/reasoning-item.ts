import { sealReasoning } from "../../dialects/openai-responses/reasoning-state.ts";
import { loose } from "../../json/loose.ts";
import type { RedactedThinkingBlock, ThinkingBlock } from "../../messages/content.ts";
import { isOwnSignature } from "../../messages/opaque.ts";
import type { ResponsesItem } from "./responses-request.ts";

type ReasoningItem = Extract<ResponsesItem, { type: "reasoning" }>;

/** These tell what this package wrote from what a server of the Responses API encrypts itself. */
const redactedMark = "redacted.";
const signedMark = "signed.";

/** The `encrypted_content` of a reasoning item that stands for redacted thinking. */
export function sealRedacted(data: string): string {
  return redactedMark + data;
}

/** The `encrypted_content` of a reasoning item that stands for thinking; its signature may be missing. */
export function sealSigned(signature: string | undefined): string {
  return signedMark + (signature ?? "");
}

/** True when this package wrote a reasoning item, whose text may be any provider's: no server could read its proof. */
export function isTranslated(item: unknown): boolean {
  const { type, encrypted_content: proof } = loose<"type" | "encrypted_content">(item);
  if (type !== "reasoning" || typeof proof !== "string") return false;
  return proof.startsWith(redactedMark) || proof.startsWith(signedMark) || isOwnSignature(proof);
}

/**
 * Earlier reasoning as thinking: `encrypted_content` holds the signature that vouches for the text of the summary, or
 * is what a server of the Responses API has encrypted. Undefined when there is neither proof nor text.
 */
export function openReasoning(item: ReasoningItem): ThinkingBlock | RedactedThinkingBlock | undefined {
  const { encrypted_content: proof, summary, content } = item;
  if (proof?.startsWith(redactedMark)) return { type: "redacted_thinking", data: proof.slice(redactedMark.length) };
  const parts = summary?.length ? summary : (content ?? []);
  const thinking = parts.map(({ text }) => text ?? "").join("\n\n");
  const signature = proof ? signatureOf(proof, item) : undefined;
  if (signature) return { type: "thinking", thinking, signature };
  return thinking === "" ? undefined : { type: "thinking", thinking };
}

function signatureOf(proof: string, { id }: ReasoningItem): string {
  if (proof.startsWith(signedMark)) return proof.slice(signedMark.length);
  return isOwnSignature(proof) ? proof : sealReasoning({ id: id ?? "", encrypted: proof });
}
