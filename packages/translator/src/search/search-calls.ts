import { isRecord } from "../json/is-record.ts";
import { parseJson } from "../json/loose.ts";
import type { StreamEvent } from "../messages/events.ts";

/** One call of the search in the answer being written. */
export interface SearchCall {
  /** The id under which the model made it. */
  readonly id: string;
  /** What is to be searched; undefined when the model did not say. */
  readonly query: string | undefined;
}

type BlockEvent = Extract<StreamEvent, { readonly index: number }>;

/** Collects the calls of the search among the blocks of one answer, and knows whether there are calls of other tools. */
export class SearchCalls {
  readonly #name: string;
  readonly #found: { readonly id: string; readonly index: number; input: string }[] = [];
  #others = false;

  /** `name` is that of the function that searches. */
  constructor(name: string) {
    this.#name = name;
  }

  /** True when the client has a tool to run too. */
  get others(): boolean {
    return this.#others;
  }

  /** True when the search has been called. */
  get any(): boolean {
    return this.#found.length > 0;
  }

  /** The calls so far, in order. */
  get list(): readonly SearchCall[] {
    return this.#found.map(({ id, input }) => ({ id, query: queryIn(input) }));
  }

  /** Takes an event of a block; true when it begins a call of the search. */
  take(event: BlockEvent): boolean {
    if (event.type === "content_block_delta" && event.delta.type === "input_json_delta") {
      const last = this.#found.at(-1);
      if (last?.index === event.index) last.input += event.delta.partial_json;
    }
    if (event.type !== "content_block_start" || event.content_block.type !== "tool_use") return false;
    const { id, name } = event.content_block;
    const isSearch = name === this.#name;
    if (isSearch) this.#found.push({ id, index: event.index, input: "" });
    else this.#others = true;
    return isSearch;
  }
}

function queryIn(input: string): string | undefined {
  const value = parseJson(input);
  const query = isRecord(value) ? value["query"] : undefined;
  return typeof query === "string" && query.trim() !== "" ? query : undefined;
}
