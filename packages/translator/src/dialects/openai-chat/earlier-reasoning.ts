import { isRecord } from "../../json/is-record.ts";
import type { RedactedThinkingBlock, ThinkingBlock } from "../../messages/content.ts";
import { openOpaque } from "../../messages/opaque.ts";
import type { ChatAssistantMessage } from "./chat-request.ts";
import { reasons } from "./reasons.ts";
import type { ChatScene } from "./scene.ts";

/** What DeepSeek accepts where the reasoning before a tool call is lost; without any it answers 400. */
const placeholder = "tool call";
const thinkingPath = "messages[*].content[*].thinking";

type ReasoningFields = Pick<ChatAssistantMessage, "reasoning_content" | "reasoning" | "reasoning_details">;

/** The reasoning of one assistant message on its way back to the provider that wrote it. */
export class EarlierReasoning {
  readonly #scene: ChatScene;
  readonly #texts: string[] = [];
  readonly #details: unknown[] = [];

  constructor(scene: ChatScene) {
    this.#scene = scene;
  }

  /** Takes a thinking block, encrypted or not. */
  take(block: ThinkingBlock | RedactedThinkingBlock): void {
    if (block.type === "thinking") this.#think(block);
    else this.#thinkRedacted(block);
  }

  /**
   * Servers that want plain text get its text, whoever wrote it; `reasoning_details` are taken
   * only from our own signatures, as another provider's state is refused.
   */
  #think(block: ThinkingBlock): void {
    const mode = this.#scene.profile.reasoningBack;
    if (mode === "never") {
      this.#scene.drops.add(thinkingPath, reasons.thinkingHistory);
      return;
    }
    const state = openOpaque("openai-chat", block.signature ?? "") ?? "";
    const details = readDetails(state);
    if (mode !== "reasoning_details") {
      // A client that asked to see no thinking hands back the text within the signature.
      const text = block.thinking || (details === undefined ? state : textOf(details));
      if (text !== "") this.#texts.push(text);
    } else if (details === undefined) this.#scene.drops.add(thinkingPath, reasons.foreignReasoning);
    else this.#details.push(...details);
  }

  /** Encrypted thinking can be carried only by `reasoning_details` of our own making. */
  #thinkRedacted(block: RedactedThinkingBlock): void {
    const returns = this.#scene.profile.reasoningBack === "reasoning_details";
    const details = returns ? readDetails(openOpaque("openai-chat", block.data) ?? "") : undefined;
    if (details === undefined) this.#scene.drops.add("messages[*].content[*].data", reasons.redactedThinking);
    else this.#details.push(...details);
  }

  /** The fields to add to the assistant message. */
  fields(hasToolCalls: boolean): ReasoningFields {
    if (this.#details.length > 0) return { reasoning_details: this.#details };
    const mode = this.#scene.profile.reasoningBack;
    const text = this.#texts.join("\n\n");
    if (mode === "reasoning_content" && (text !== "" || hasToolCalls))
      return { reasoning_content: text || placeholder };
    return mode === "reasoning" && text !== "" ? { reasoning: text } : {};
  }

  /** Notes that all of it stays behind, where it is all there is of a turn. */
  drop(): void {
    if (this.#texts.length > 0 || this.#details.length > 0) this.#scene.drops.add(thinkingPath, reasons.thinkingAlone);
  }
}

function textOf(details: readonly unknown[]): string {
  return details
    .map((detail) => (isRecord(detail) && typeof detail["text"] === "string" ? detail["text"] : ""))
    .join("");
}

/** The `reasoning_details` in a state; undefined when it holds something else. */
function readDetails(state: string): readonly unknown[] | undefined {
  if (!state.startsWith("[")) return undefined;
  try {
    const value: unknown = JSON.parse(state);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
