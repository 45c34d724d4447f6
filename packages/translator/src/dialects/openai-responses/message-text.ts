import type { AnswerWriter } from "../../messages/answer-writer.ts";
import type { BlockDelta } from "../../messages/events.ts";
import { StopSequences } from "../../stream/stop-sequences.ts";
import { citationDelta, type WebSearches } from "./web-searches.ts";

/**
 * Writes the text of an answer as it comes. After a web search it is held until its message is whole: what the search
 * found comes before it, and only the citations at its end say what the pages are called.
 */
export class MessageText {
  readonly #writer: AnswerWriter;
  readonly #searches: WebSearches;
  readonly #stops: StopSequences;
  #holding = false;
  #held = "";
  #annotations: unknown[] = [];
  #length = 0;
  #refused = false;

  constructor(writer: AnswerWriter, searches: WebSearches, stopSequences: readonly string[]) {
    this.#writer = writer;
    this.#searches = searches;
    this.#stops = new StopSequences(stopSequences);
  }

  /** Number of characters so far. */
  get length(): number {
    return this.#length;
  }

  /** True once the model has declined in so many words. */
  get refused(): boolean {
    return this.#refused;
  }

  /** The stop sequence that was found; everything after it is left out. */
  get stoppedBy(): string | undefined {
    return this.#stops.matched;
  }

  add(text: string): void {
    this.#length += text.length;
    this.#show(this.#stops.take(text));
  }

  #show(text: string): void {
    if (text === "") return;
    if (this.#holding) this.#held += text;
    else this.#writer.text(text);
  }

  refuse(text: string): void {
    this.#refused = true;
    this.add(text);
  }

  /** Takes a citation of the text. */
  annotate(annotation: unknown): void {
    this.#annotations.push(annotation);
    this.#searches.cite(annotation);
  }

  /** Holds what follows until its message is whole. */
  hold(): void {
    this.#holding = true;
  }

  /** Writes all text so far. Due before reasoning. */
  flush(): void {
    this.#show(this.#stops.end());
    if (this.#held !== "") this.#writeHeld();
  }

  /** Writes all text so far, and searches even if nothing was said after them. Due before calls and at the end of a message. */
  release(): void {
    this.flush();
    if (this.#searches.waiting) this.#searches.write(this.#writer);
  }

  #writeHeld(): void {
    if (this.#searches.waiting) this.#searches.write(this.#writer);
    this.#writer.whole({ type: "text", text: "" }, this.#deltas());
    this.#held = "";
    this.#annotations = [];
  }

  #deltas(): BlockDelta[] {
    const citations = new Map<string, BlockDelta>();
    for (const annotation of this.#annotations) {
      const delta = citationDelta(annotation, this.#held);
      // Told once when it came and once more when its part was whole.
      if (delta !== undefined) citations.set(JSON.stringify(delta), delta);
    }
    return [{ type: "text_delta", text: this.#held }, ...citations.values()];
  }
}
