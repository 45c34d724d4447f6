import type { ReasoningDisplay } from "../../conversation/reasoning-display.ts";
import type { AnswerWriter } from "../../messages/answer-writer.ts";
import { StopSequences } from "../../stream/stop-sequences.ts";
import type { ReasoningState } from "./reasoning-state.ts";
import { ThinkTags } from "./think-tags.ts";
import { isLoose, listOf, loose, stringOf } from "../../json/loose.ts";
import type { WireDelta, WirePart } from "./wire.ts";

/** What the prose of one answer is written by. */
export interface ProseOptions {
  readonly writer: Pick<AnswerWriter, "text" | "thinking">;
  readonly state: ReasoningState;
  readonly display: ReasoningDisplay;
  /** True when the provider wants reasoning back, so that omitted text has to travel in the signature. */
  readonly keepOmitted: boolean;
  readonly stopSequences: readonly string[];
}

/** Reads everything of a delta or message that is not a tool call, and writes it as text and thinking. */
export class Prose {
  readonly #options: ProseOptions;
  readonly #tags: ThinkTags;
  readonly #stops: StopSequences;
  #length = 0;
  #refused = false;

  constructor(options: ProseOptions) {
    this.#options = options;
    this.#stops = new StopSequences(options.stopSequences);
    this.#tags = new ThinkTags({ text: (text) => this.#visible(text), thinking: (text) => this.#thought(text) });
  }

  /** Number of characters so far, shown or not. */
  get length(): number {
    return this.#length;
  }

  /** True once the model has declined in so many words. */
  get refused(): boolean {
    return this.#refused;
  }

  /** The stop sequence that was found in the text; everything after it is left out. */
  get stoppedBy(): string | undefined {
    return this.#stops.matched;
  }

  /** Takes one delta or message: reasoning first, since at the boundary it comes together with the first text. */
  take(delta: WireDelta): void {
    this.#reasoning(delta);
    const { content } = delta;
    if (typeof content === "string") this.#content(content);
    else for (const part of listOf(content)) this.#part(part);
    const refusal = stringOf(delta.refusal);
    if (refusal !== undefined) this.#refuse(refusal);
    if (delta.images !== undefined) for (const image of listOf(delta.images)) this.#part(image);
    if (isLoose<"transcript">(delta.audio)) this.#content(stringOf(delta.audio.transcript) ?? "");
  }

  /** Writes what is still held back. Due before anything that is not text, and at the end. */
  flush(): void {
    this.#tags.end();
    const held = this.#stops.end();
    if (held !== "") this.#options.writer.text(held);
  }

  #reasoning(delta: WireDelta): void {
    const spoken = stringOf(delta.reasoning_content) ?? stringOf(delta.reasoning);
    const details = listOf(delta.reasoning_details);
    if (spoken === undefined && details.length === 0) return;
    const detailed = this.#options.state.take(details);
    const text = spoken ?? detailed;
    if (text === "") return;
    this.flush();
    this.#thought(text, details.length > 0);
  }

  #part(value: unknown): void {
    const part = loose<keyof WirePart>(value);
    if (part.type === "image_url" || part.image_url !== undefined) this.#content(imageNote(part.image_url));
    else if (part.type === "thinking") this.#thinkingPart(part.thinking);
    else if (typeof part.refusal === "string") this.#refuse(part.refusal);
    else if (typeof part.text === "string") this.#content(part.text);
  }

  // Mistral: `{ type: "thinking", thinking: [{ type: "text", text }] }`.
  #thinkingPart(thinking: unknown): void {
    const pieces = typeof thinking === "string" ? [{ text: thinking }] : listOf(thinking);
    for (const piece of pieces) {
      const text = stringOf(loose<"text">(piece).text);
      if (text === undefined) continue;
      this.flush();
      this.#thought(text);
    }
  }

  #refuse(text: string): void {
    this.#refused = true;
    this.#content(text);
  }

  #content(text: string): void {
    if (text !== "") this.#tags.take(text);
  }

  #visible(text: string): void {
    this.#length += text.length;
    const shown = this.#stops.take(text);
    if (shown !== "") this.#options.writer.text(shown);
  }

  #thought(text: string, kept = false): void {
    this.#length += text.length;
    const { display, keepOmitted, state, writer } = this.#options;
    if (display === "hidden") return;
    if (display === "omitted" && keepOmitted && !kept) state.keep(text);
    writer.thinking(text);
  }
}

function imageNote(image: unknown): string {
  const url = stringOf(loose<"url">(image).url) ?? stringOf(image) ?? "";
  return url.startsWith("http") ? `[image: ${url}]` : "[an image, which cannot be shown here]";
}
