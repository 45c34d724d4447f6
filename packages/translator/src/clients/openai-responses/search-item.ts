import { isRecord } from "../../json/is-record.ts";
import type { BlockDelta } from "../../messages/events.ts";
import { inputOf } from "../shared/tool-input.ts";
import type { EventWriter } from "./event-writer.ts";
import { naming, type ItemPlace, type OutputItem } from "./output-item.ts";

/** A web search that the provider made. Its pages show only as citations, as with OpenAI's own. */
export class SearchItem implements OutputItem {
  readonly #writer: EventWriter;
  readonly #place: ItemPlace;
  #args = "";

  constructor(writer: EventWriter, place: ItemPlace) {
    this.#writer = writer;
    this.#place = place;
  }

  start(): string {
    const item = { id: this.#place.id, type: "web_search_call", status: "in_progress" };
    const fields = `${naming(this.#place).slice(0, -1)}}`;
    return (
      this.#writer.event("response.output_item.added", { output_index: this.#place.index, item }) +
      this.#writer.raw("response.web_search_call.in_progress", fields) +
      this.#writer.raw("response.web_search_call.searching", fields)
    );
  }

  take(delta: BlockDelta): string {
    if (delta.type === "input_json_delta") this.#args += delta.partial_json;
    return "";
  }

  end(): string {
    return this.#writer.raw("response.web_search_call.completed", `${naming(this.#place).slice(0, -1)}}`);
  }

  item(): string {
    const input = inputOf(this.#args);
    const query = isRecord(input) && typeof input["query"] === "string" ? input["query"] : "";
    const action = { type: "search", query };
    return JSON.stringify({ id: this.#place.id, type: "web_search_call", status: "completed", action });
  }
}
