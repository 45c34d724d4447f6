import type { RedactedThinkingBlock, ThinkingBlock } from "../../messages/content.ts";
import { isOwnSignature } from "../../messages/opaque.ts";
import type { ReasoningBlock } from "./converse-request.ts";
import { openReasoning, type ReasoningState } from "./reasoning-state.ts";
import { reasons } from "./reasons.ts";
import type { ConverseScene } from "./scene.ts";

const thinkingPath = "messages[*].content[*].thinking";
const redactedPath = "messages[*].content[*].data";

/** A block of earlier reasoning on its way back to the model that wrote it; undefined, and reported, for all others. */
export function encodeReasoningBlock(
  block: ThinkingBlock | RedactedThinkingBlock,
  scene: ConverseScene,
): ReasoningBlock | undefined {
  const path = block.type === "thinking" ? thinkingPath : redactedPath;
  if (!scene.profile.reasoningBack) {
    scene.drops.add(path, reasons.thinkingHistory);
    return undefined;
  }
  const signature = (block.type === "thinking" ? block.signature : block.data) ?? "";
  const encoded = scene.profile.nativeReasoning
    ? nativeBlock(block, signature)
    : sealedBlock(openReasoning(signature), block, scene.model);
  if (encoded !== undefined) return encoded;
  const unsigned = scene.profile.nativeReasoning && signature === "";
  scene.drops.add(path, unsigned ? reasons.unsigned : reasons.foreignReasoning);
  return undefined;
}

/** Claude checks its signature against the text, so both go back as they came, an omitted text included. */
function nativeBlock(block: ThinkingBlock | RedactedThinkingBlock, signature: string): ReasoningBlock | undefined {
  if (signature === "" || isOwnSignature(signature)) return undefined;
  if (block.type === "redacted_thinking") return { reasoningContent: { redactedContent: signature } };
  return { reasoningContent: { reasoningText: { text: block.thinking, signature } } };
}

function sealedBlock(
  state: ReasoningState | undefined,
  block: ThinkingBlock | RedactedThinkingBlock,
  model: string,
): ReasoningBlock | undefined {
  if (state?.model !== model) return undefined;
  if (state.redacted !== undefined) return { reasoningContent: { redactedContent: state.redacted } };
  const text = block.type === "thinking" && block.thinking !== "" ? block.thinking : (state.text ?? "");
  if (state.signature === undefined || text === "") return undefined;
  return { reasoningContent: { reasoningText: { text, signature: state.signature } } };
}
