import type { BlockDelta } from "../../messages/events.ts";
import { citedPage } from "../shared/cited-page.ts";
import type { EventWriter } from "./event-writer.ts";
import { naming, type ItemPlace, type OutputItem } from "./output-item.ts";

/** Text of the answer. Blocks of text that follow each other are one item, as only citations divide them. */
export class MessageItem implements OutputItem {
  readonly #writer: EventWriter;
  readonly #place: ItemPlace;
  readonly #part: string;
  readonly #annotations: object[] = [];
  #text = "";
  #blockStart = 0;

  constructor(writer: EventWriter, place: ItemPlace) {
    this.#writer = writer;
    this.#place = place;
    this.#part = `${naming(place)}"content_index":0,`;
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
      const fields = `${this.#part}"delta":${JSON.stringify(delta.text)},"logprobs":[]}`;
      return this.#writer.raw("response.output_text.delta", fields);
    }
    return delta.type === "citations_delta" ? this.#cite(delta.citation) : "";
  }

  end(): string {
    const { index } = this.#place;
    const text = JSON.stringify(this.#text);
    return (
      this.#writer.raw("response.output_text.done", `${this.#part}"text":${text},"logprobs":[]}`) +
      this.#writer.raw("response.content_part.done", `${this.#part}"part":${JSON.stringify(this.#content())}}`) +
      this.#writer.event("response.output_item.done", { output_index: index, item: this.item() })
    );
  }

  item(): object {
    const { id } = this.#place;
    return { id, type: "message", status: "completed", content: [this.#content()], role: "assistant" };
  }

  #content(): object {
    return { type: "output_text", annotations: this.#annotations, logprobs: [], text: this.#text };
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
