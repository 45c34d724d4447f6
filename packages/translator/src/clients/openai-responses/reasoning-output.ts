import type { BlockDelta } from "../../messages/events.ts";
import type { EventWriter } from "./event-writer.ts";
import { naming, type ItemPlace, type OutputItem } from "./output-item.ts";
import { sealRedacted, sealSigned } from "./reasoning-item.ts";

/** Thinking of the answer: its text is the summary, its signature the encrypted content that the client sends back. */
export class ReasoningOutput implements OutputItem {
  readonly #writer: EventWriter;
  readonly #place: ItemPlace;
  readonly #part: string;
  #text = "";
  #proof: string;

  constructor(writer: EventWriter, place: ItemPlace, redacted?: string) {
    this.#writer = writer;
    this.#place = place;
    this.#part = `${naming(place)}"summary_index":0,`;
    this.#proof = redacted === undefined ? sealSigned(undefined) : sealRedacted(redacted);
  }

  start(): string {
    const item = { id: this.#place.id, type: "reasoning", summary: [] };
    return this.#writer.event("response.output_item.added", { output_index: this.#place.index, item });
  }

  take(delta: BlockDelta): string {
    if (delta.type === "signature_delta") this.#proof = sealSigned(delta.signature);
    if (delta.type !== "thinking_delta" || delta.thinking === "") return "";
    const begin = this.#text === "" ? this.#writer.raw("response.reasoning_summary_part.added", this.#asPart("")) : "";
    this.#text += delta.thinking;
    const fields = `${this.#part}"delta":${JSON.stringify(delta.thinking)}}`;
    return begin + this.#writer.raw("response.reasoning_summary_text.delta", fields);
  }

  end(): string {
    const done = { output_index: this.#place.index, item: this.item() };
    return this.#endPart() + this.#writer.event("response.output_item.done", done);
  }

  item(): object {
    const summary = this.#text === "" ? [] : [{ type: "summary_text", text: this.#text }];
    return { id: this.#place.id, type: "reasoning", summary, encrypted_content: this.#proof };
  }

  #endPart(): string {
    if (this.#text === "") return "";
    const fields = `${this.#part}"text":${JSON.stringify(this.#text)}}`;
    return (
      this.#writer.raw("response.reasoning_summary_text.done", fields) +
      this.#writer.raw("response.reasoning_summary_part.done", this.#asPart(this.#text))
    );
  }

  #asPart(text: string): string {
    return `${this.#part}"part":{"type":"summary_text","text":${JSON.stringify(text)}}}`;
  }
}
