import type { BlockDelta } from "../../messages/events.ts";
import type { EventWriter } from "./event-writer.ts";
import { naming, type ItemPlace, type OutputItem } from "./output-item.ts";
import { sealRedacted, sealSigned } from "./reasoning-item.ts";

/** Thinking of the answer: its text is the summary, its signature the encrypted content that the client sends back. */
export class ReasoningOutput implements OutputItem {
  readonly #writer: EventWriter;
  readonly #place: ItemPlace;
  readonly #part: string;
  readonly #grow: (text: string) => string;
  #text = "";
  #content = "";
  #proof: string;

  constructor(writer: EventWriter, place: ItemPlace, redacted?: string) {
    this.#writer = writer;
    this.#place = place;
    this.#part = `${naming(place)}"summary_index":0,`;
    this.#grow = writer.growth("response.reasoning_summary_text.delta", `${this.#part}"delta":`);
    this.#proof = redacted === undefined ? sealSigned(undefined) : sealRedacted(redacted);
  }

  start(): string {
    const item = { id: this.#place.id, type: "reasoning", summary: [] };
    return this.#writer.event("response.output_item.added", { output_index: this.#place.index, item });
  }

  take(delta: BlockDelta): string {
    if (delta.type === "signature_delta") this.#proof = sealSigned(delta.signature);
    if (delta.type !== "thinking_delta" || delta.thinking === "") return "";
    const begin =
      this.#text === "" ? this.#writer.raw("response.reasoning_summary_part.added", this.#inPart(asPart('""'))) : "";
    this.#text += delta.thinking;
    return begin + this.#grow(delta.thinking);
  }

  end(): string {
    if (this.#text === "") return "";
    const text = JSON.stringify(this.#text);
    this.#content = asPart(text);
    return (
      this.#writer.raw("response.reasoning_summary_text.done", `${this.#part}"text":${text}}`) +
      this.#writer.raw("response.reasoning_summary_part.done", this.#inPart(this.#content))
    );
  }

  item(): string {
    const id = JSON.stringify(this.#place.id);
    const proof = JSON.stringify(this.#proof);
    return `{"id":${id},"type":"reasoning","summary":[${this.#content}],"encrypted_content":${proof}}`;
  }

  #inPart(part: string): string {
    return `${this.#part}"part":${part}}`;
  }
}

function asPart(text: string): string {
  return `{"type":"summary_text","text":${text}}`;
}
