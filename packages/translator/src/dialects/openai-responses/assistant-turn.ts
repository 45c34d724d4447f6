import { joinTexts, type ContentSink, type Media } from "../../conversation/content-sink.ts";
import type { Turn, Utterance } from "../../conversation/turns.ts";
import { writeBlock } from "../../conversation/write-block.ts";
import type { CacheControl } from "../../messages/content.ts";
import { mediaPart } from "./input-builder.ts";
import { openReasoning } from "./reasoning-state.ts";
import { reasons } from "./reasons.ts";
import type { InputItem, InputPart } from "./responses-request.ts";
import type { ResponsesScene } from "./scene.ts";
import { encodeToolOutput } from "./tool-output.ts";

type AssistantTurn = Extract<Turn, { role: "assistant" }>;
type Thought = Extract<Utterance, { kind: "thinking" }>;

const thinkingPath = "messages[*].content[*].thinking";

/** Writes a turn of the assistant, in its order, and the results of its calls. */
export function encodeAssistantTurn({ said, results }: AssistantTurn, scene: ResponsesScene): InputItem[] {
  const writer = new TurnWriter(scene);
  for (const utterance of said) writer.take(utterance);
  const items = writer.end();
  const attachments: InputPart[] = [];
  for (const result of results) {
    const { id, name } = result.call;
    const { output, attachments: media } = encodeToolOutput(result, scene);
    items.push({ type: "function_call_output", call_id: id, output });
    if (media.length > 0) {
      attachments.push({ type: "input_text", text: `Output of tool call ${id} (${name}):` }, ...media);
    }
  }
  if (attachments.length > 0) items.push({ type: "message", role: "user", content: attachments });
  return items;
}

class TurnWriter implements ContentSink {
  readonly #scene: ResponsesScene;
  readonly #items: InputItem[] = [];
  #texts: string[] = [];

  constructor(scene: ResponsesScene) {
    this.#scene = scene;
  }

  take(utterance: Utterance): void {
    if (utterance.kind === "block") {
      writeBlock(utterance.block, this, utterance.place);
      return;
    }
    const item = utterance.kind === "call" ? callItem(utterance) : this.#reasoning(utterance);
    if (item === undefined) return;
    this.#flush();
    this.#items.push(item);
  }

  text(text: string, mark?: CacheControl | null): void {
    // Breakpoints go on input only, and this is output.
    if (mark) this.#scene.dropCacheMark("messages[*].content[*].cache_control");
    if (/\S/.test(text)) this.#texts.push(text);
  }

  /** Models of this API answer with text alone; what a model of another showed comes from the user. */
  media(media: Media): void {
    this.#flush();
    this.#dropDangling();
    this.#items.push({ type: "message", role: "user", content: [mediaPart(media)] });
  }

  end(): InputItem[] {
    this.#flush();
    this.#dropDangling();
    return this.#items;
  }

  /** Leaves out reasoning at the end: the API refuses it without the item of its turn that it led to. */
  #dropDangling(): void {
    while (this.#items.at(-1)?.type === "reasoning") {
      this.#items.pop();
      this.#scene.drops.add(thinkingPath, reasons.thinkingAlone);
    }
  }

  #flush(): void {
    if (this.#texts.length === 0) return;
    this.#items.push({ type: "message", role: "assistant", content: joinTexts(this.#texts) });
    this.#texts = [];
  }

  #reasoning({ block }: Thought): InputItem | undefined {
    const { drops, profile } = this.#scene;
    const redacted = block.type === "redacted_thinking";
    const path = redacted ? "messages[*].content[*].data" : thinkingPath;
    if (!profile.reasoningBack) {
      drops.add(path, reasons.thinkingHistory);
      return undefined;
    }
    const item = redacted ? openReasoning(block.data, "") : openReasoning(block.signature ?? "", block.thinking);
    if (item === undefined) drops.add(path, redacted ? reasons.redactedThinking : reasons.foreignReasoning);
    else if (item === "unsealed") drops.add(path, reasons.thinkingUnsealed);
    return typeof item === "object" ? item : undefined;
  }
}

/** Without `id`: that would be the server's own, `fc_…`, and others are refused. */
function callItem({ id, name, input }: Extract<Utterance, { kind: "call" }>): InputItem {
  return { type: "function_call", call_id: id, name, arguments: JSON.stringify(input) };
}
