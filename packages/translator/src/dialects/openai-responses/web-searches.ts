import { listOf, loose, stringOf } from "../../json/loose.ts";
import type { AnswerWriter } from "../../messages/answer-writer.ts";
import type { BlockDelta } from "../../messages/events.ts";
import type { WireItem } from "./wire.ts";

interface Search {
  readonly id: string;
  readonly query: string;
  readonly urls: readonly string[];
  readonly failed: boolean;
}

/** Collects the searches that the provider made for one answer and tells them as searches of the Messages API. */
export class WebSearches {
  readonly #messageId: string;
  readonly #titles = new Map<string, string>();
  #waiting: Search[] = [];
  #count = 0;

  constructor(messageId: string) {
    this.#messageId = messageId;
  }

  /** Number of searches that were made. Opening a found page is none. */
  get count(): number {
    return this.#count;
  }

  /** True while there are searches that have not been written. */
  get waiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Takes a `web_search_call` that is over. */
  take(item: WireItem): void {
    const action = loose<"type" | "query" | "queries" | "sources">(item.action);
    if (action.type !== undefined && action.type !== "search") return;
    this.#count += 1;
    const queries = listOf(action.queries).filter((query) => typeof query === "string");
    for (const result of listOf(item.results)) this.cite(result);
    const found = [...listOf(action.sources), ...listOf(item.results)].map((source) =>
      stringOf(loose<"url">(source).url),
    );
    this.#waiting.push({
      id: `srvtoolu_${this.#messageId.replaceAll(/[^a-zA-Z0-9]/g, "")}_${this.#count}`,
      query: stringOf(action.query) ?? queries.join("; "),
      urls: [...new Set(found.filter((url) => url !== undefined))],
      failed: item.status === "failed",
    });
  }

  /** Learns from a citation what a page is called; sources come without titles. */
  cite(annotation: unknown): void {
    const { url, title } = loose<"url" | "title">(annotation);
    const address = stringOf(url);
    if (address !== undefined && !this.#titles.has(address)) this.#titles.set(address, stringOf(title) ?? address);
  }

  /** Writes the searches that wait, each with what it found; a server that names no sources is known by its citations. */
  write(writer: AnswerWriter): void {
    const known = this.#waiting.flatMap(({ urls }) => urls);
    for (const [index, search] of this.#waiting.entries()) {
      const isLast = index === this.#waiting.length - 1;
      const urls = known.length === 0 && isLast ? [...this.#titles.keys()] : search.urls;
      const input: BlockDelta = { type: "input_json_delta", partial_json: JSON.stringify({ query: search.query }) };
      writer.whole({ type: "server_tool_use", id: search.id, name: "web_search", input: {} }, [input]);
      writer.whole({ type: "web_search_tool_result", tool_use_id: search.id, content: this.#content(search, urls) });
    }
    this.#waiting = [];
  }

  #content({ failed }: Search, urls: readonly string[]): unknown {
    if (failed && urls.length === 0) return { type: "web_search_tool_result_error", error_code: "unavailable" };
    return urls.map((url) => {
      const title = this.#titles.get(url) ?? url;
      return { type: "web_search_result", title, url, encrypted_content: "", page_age: null };
    });
  }
}

/** A citation of the Messages API for a `url_citation`; undefined for other annotations. */
export function citationDelta(annotation: unknown, text: string): BlockDelta | undefined {
  const { type, url, title, ...range } = loose<"type" | "url" | "title" | "start_index" | "end_index">(annotation);
  const address = stringOf(url);
  if (type !== "url_citation" || address === undefined) return undefined;
  const { start_index: start, end_index: end } = range;
  const cited = typeof start === "number" && typeof end === "number" ? text.slice(start, end) : "";
  return {
    type: "citations_delta",
    citation: {
      type: "web_search_result_location",
      url: address,
      title: stringOf(title) ?? null,
      cited_text: cited,
      encrypted_index: "",
    },
  };
}
