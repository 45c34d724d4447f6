import type { BlockDelta } from "../../messages/events.ts";
import { citedPage } from "../shared/cited-page.ts";
import type { EventWriter } from "./event-writer.ts";
import { naming, type ItemPlace, type OutputItem } from "./output-item.ts";

/** Text of the answer. Blocks of text that follow each other are one item, as only citations divide them. */
export class MessageItem implements OutputItem {
  readonly #writer: EventWriter;
  readonly #place: ItemPlace;
  readonly #part: string;
  readonly #grow: (text: string) => string;
  readonly #annotations: object[] = [];
  #text = "";
  #content = "";
  #blockStart = 0;

  constructor(writer: EventWriter, place: ItemPlace) {
    this.#writer = writer;
    this.#place = place;
    this.#part = `${naming(place)}"content_index":0,`;
    this.#grow = writer.growth("response.output_text.delta", `${this.#part}"delta":`, ',"logprobs":[]}');
  }

  start(): string {
    const item = { id: this.#place.id, type: "message", status: "in_progress", content: [], role: "assistant" };
    const part = { type: "output_text", annotations: [], logprobs: [], text: "" };
    return (
      this.#writer.event("response.output_item.added", { output_index: this.#place.index, item }) +
      this.#writer.raw("response.content_part.added", `${this.#part}"part":${JSON.stringify(part)}}`)
    );
  }

  /** Notes that another block of text begins. */
  nextBlock(): void {
    this.#blockStart = this.#text.length;
  }

  take(delta: BlockDelta): string {
    if (delta.type === "text_delta") {
      this.#text += delta.text;
      return this.#grow(delta.text);
    }
    return delta.type === "citations_delta" ? this.#cite(delta.citation) : "";
  }

  end(): string {
    const text = JSON.stringify(this.#text);
    const annotations = JSON.stringify(this.#annotations);
    this.#content = `{"type":"output_text","annotations":${annotations},"logprobs":[],"text":${text}}`;
    return (
      this.#writer.raw("response.output_text.done", `${this.#part}"text":${text},"logprobs":[]}`) +
      this.#writer.raw("response.content_part.done", `${this.#part}"part":${this.#content}}`)
    );
  }

  item(): string {
    const id = JSON.stringify(this.#place.id);
    return `{"id":${id},"type":"message","status":"completed","content":[${this.#content}],"role":"assistant"}`;
  }

  #cite(citation: unknown): string {
    const page = citedPage(citation);
    if (page === undefined) return "";
    const annotation = { type: "url_citation", start_index: this.#blockStart, end_index: this.#text.length, ...page };
    const fields = `${this.#part}"annotation_index":${this.#annotations.length},"annotation":${JSON.stringify(annotation)}}`;
    this.#annotations.push(annotation);
    return this.#writer.raw("response.output_text.annotation.added", fields);
  }
}
