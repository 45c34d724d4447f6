import { toolNaming } from "../../conversation/tool-naming.ts";
import { isLoose, loose, stringOf } from "../../json/loose.ts";
import { AnswerWriter, type ToolCall } from "../../messages/answer-writer.ts";
import { StopSequences } from "../../stream/stop-sequences.ts";
import type { ConverseExchange } from "./exchange.ts";
import { Reasoning } from "./reasoning-block.ts";
import { sealReasoning } from "./reasoning-state.ts";

type DeltaKey = "text" | "toolUse" | "reasoningContent" | "image" | "citationsContent";
type OpenBlock = { readonly call: ToolCall | undefined; blank: boolean };

/** No answer of the Messages API holds an image. */
const imageNote = "[an image, which cannot be shown here]";

/** Reads the content blocks of an answer, streamed or whole, and hands them to the writer. */
export class AnswerBlocks {
  readonly writer: AnswerWriter;
  readonly #naming: ReturnType<typeof toolNaming>;
  readonly #reasoning: Reasoning;
  readonly #stops: StopSequences;
  /** Blocks that began with an event of their own: tool calls, and what the provider ran itself. */
  readonly #begun = new Map<number, OpenBlock>();
  #current = -1;
  #length = 0;

  constructor(exchange: ConverseExchange, liveTools: boolean) {
    const { model, nativeReasoning: native, display } = exchange;
    const naming = toolNaming(exchange);
    this.#naming = naming;
    this.writer = new AnswerWriter({
      liveTools,
      showThinking: display === "shown",
      signThinking: () => sealReasoning({ model }),
      newToolId: () => naming.newId(),
      contextManagement: exchange.contextManagement,
    });
    this.#reasoning = new Reasoning({ writer: this.writer, display, model, native });
    this.#stops = new StopSequences(exchange.askedStops);
  }

  /** Number of characters so far, shown or not. */
  get length(): number {
    return this.#length + this.#reasoning.length;
  }

  /** The stop sequence that was found in the text; everything after it is left out. */
  get stoppedBy(): string | undefined {
    return this.#stops.matched;
  }

  /** Takes the beginning of a block. Text and reasoning come without one. */
  start(index: number, value: unknown): undefined {
    this.#turnTo(index);
    const start = loose<"toolUse" | "toolResult" | "image">(value);
    if (start.image !== undefined) this.#text(imageNote);
    if (!isLoose<"toolUseId" | "name" | "type">(start.toolUse)) {
      this.#begun.set(index, { call: undefined, blank: true });
      return;
    }
    const { toolUseId, name, type } = start.toolUse;
    // What the provider runs itself is not for the client to run.
    const call = type === "server_tool_use" ? undefined : this.#call(stringOf(toolUseId), stringOf(name));
    this.#begun.set(index, { call, blank: true });
  }

  /** Takes a piece of a block; gives what is wrong with it, if anything. */
  delta(index: number, value: unknown): string | undefined {
    if (index !== this.#current) this.#turnTo(index);
    const delta = loose<DeltaKey>(value);
    if (typeof delta.text === "string") this.#text(delta.text);
    else if (delta.reasoningContent !== undefined) this.#reasoning.take(delta.reasoningContent);
    else if (delta.toolUse !== undefined) return this.#input(index, loose<"input">(delta.toolUse).input);
    return undefined;
  }

  /** Takes the end of a block. */
  stop(index: number): undefined {
    const begun = this.#begun.get(index);
    // A call without arguments never sends any; now nothing after it needs to wait for them.
    if (begun?.call !== undefined && begun.blank) this.writer.toolInput(begun.call, "{}");
    this.#reasoning.close();
  }

  /** Takes a block of a whole answer. */
  whole(index: number, value: unknown): void {
    const block = loose<DeltaKey>(value);
    if (isLoose<"input">(block.toolUse)) this.start(index, { toolUse: block.toolUse });
    if (block.image !== undefined) this.#text(imageNote);
    this.delta(index, isLoose(block.citationsContent) ? citedText(block.citationsContent) : block);
    this.stop(index);
  }

  /** Closes everything and gives the number of tool calls; `truncated` says that the last one may be cut. */
  close(truncated: boolean): number {
    this.#flush();
    return this.writer.closeBlocks(truncated);
  }

  #turnTo(index: number): void {
    if (this.#current !== -1) this.#flush();
    this.#current = index;
  }

  #flush(): void {
    this.#reasoning.close();
    const held = this.#stops.end();
    if (held !== "") this.writer.text(held);
  }

  #text(text: string): void {
    if (text === "") return;
    this.#length += text.length;
    const shown = this.#stops.take(text);
    if (shown !== "") this.writer.text(shown);
  }

  #call(id: string | undefined, name: string | undefined): ToolCall {
    const call = this.writer.tool();
    if (id !== undefined) call.id = this.#naming.idOf(id);
    if (name !== undefined) call.name = this.#naming.nameOf(name);
    this.writer.toolInput(call, "");
    return call;
  }

  #input(index: number, input: unknown): string | undefined {
    const begun = this.#begun.get(index);
    if (begun === undefined) return "Amazon Bedrock sent the arguments of a tool call that never began.";
    const text = typeof input === "string" ? input : input === undefined ? "" : JSON.stringify(input);
    if (begun.call === undefined || text === "") return undefined;
    begun.blank = false;
    this.#length += text.length;
    this.writer.toolInput(begun.call, text);
    return undefined;
  }
}

/** The text of a block that also says where it comes from. */
function citedText(cited: object): { readonly text: string } {
  const { content } = loose<"content">(cited);
  const pieces: readonly unknown[] = Array.isArray(content) ? content : [];
  return { text: pieces.map((piece) => stringOf(loose<"text">(piece).text) ?? "").join("") };
}
