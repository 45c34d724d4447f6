import { admitsSite, hostOf } from "../../conversation/domain-filter.ts";
import { isLoose, listOf, loose, parseJson, stringOf, type Loose } from "../../json/loose.ts";
import type { AnswerWriter } from "../../messages/answer-writer.ts";
import type { BlockDelta } from "../../messages/events.ts";
import type { ToldSearch } from "./web-search.ts";
import type { WireChunk, WireDelta } from "./wire.ts";

interface Source {
  readonly url: string;
  readonly title: string;
  readonly age: string | null;
}

interface Search {
  readonly query: string;
  readonly sources: readonly Source[];
}

/**
 * Collects what the provider's own search found for one answer and tells it as searches of the Messages API. Reads
 * `search_results` and `citations` (`CompletionResponse` in Perplexity's SDK), `executed_tools`
 * (`ChatCompletionMessage` in groq-sdk) and `url_citation` annotations (OpenAI, OpenRouter).
 */
export class SearchSources {
  readonly #told: ToldSearch;
  readonly #messageId: string;
  /** By the order in which the answer cites them. */
  #sources: readonly Source[] = [];
  readonly #cited: { readonly source: Source; readonly text: string }[] = [];
  readonly #executed = new Map<number, Search>();
  #reported = 0;
  #held = "";

  constructor(told: ToldSearch, messageId: string) {
    this.#told = told;
    this.#messageId = messageId;
  }

  /** Number of searches that were made. */
  get count(): number {
    return Math.max(this.#executed.size, this.#reported, Number(this.#sources.length + this.#cited.length > 0));
  }

  /** A writer in front of another one that keeps text back until its sources are known, where it can wait. */
  before(writer: AnswerWriter): Pick<AnswerWriter, "text" | "thinking"> {
    if (!this.#told.alone) return writer;
    return { text: (text) => void (this.#held += text), thinking: (text) => writer.thinking(text) };
  }

  /** Takes what stands beside the choices of a chunk. */
  take({ search_results: results, citations, usage }: WireChunk): void {
    const listed = listOf(results).flatMap((result) => this.#source(result));
    const addresses = listOf(citations).flatMap((url) => this.#source({ url }));
    if (listed.length > 0) this.#sources = listed;
    else if (this.#sources.length === 0) this.#sources = addresses;
    const { num_search_queries: queries, server_tool_use_details: details } = loose<UsageKey>(usage);
    const count = queries ?? loose<"web_search_requests">(details).web_search_requests;
    if (typeof count === "number") this.#reported = count;
  }

  /** Takes what stands in a delta or message. */
  takeDelta({ executed_tools: tools, annotations }: WireDelta): void {
    for (const [place, value] of listOf(tools).entries()) {
      const tool = loose<"index" | "arguments" | "search_results">(value);
      const results = listOf(loose<"results">(tool.search_results).results);
      if (results.length === 0) continue;
      const { query } = loose<"query">(parseJson(stringOf(tool.arguments) ?? ""));
      const sources = results.flatMap((result) => this.#source(result));
      const index = typeof tool.index === "number" ? tool.index : place;
      this.#executed.set(index, { query: stringOf(query) ?? this.#told.query, sources });
    }
    for (const annotation of listOf(annotations)) this.#annotate(loose<"type" | "url_citation">(annotation));
  }

  /** Writes the searches, each with what it found, and then the text that waited for them. */
  write(writer: AnswerWriter): void {
    const searches = this.#searches();
    for (const [index, { query, sources }] of searches.entries()) {
      const id = `srvtoolu_${this.#messageId.replaceAll(/[^a-zA-Z0-9]/g, "")}_${index + 1}`;
      const input: BlockDelta = { type: "input_json_delta", partial_json: JSON.stringify({ query }) };
      writer.whole({ type: "server_tool_use", id, name: "web_search", input: {} }, [input]);
      writer.whole({ type: "web_search_tool_result", tool_use_id: id, content: sources.map((one) => resultOf(one)) });
    }
    const text = this.#held;
    this.#held = "";
    if (text === "") return;
    const citations = searches.length === 0 ? [] : this.#citations(text);
    if (citations.length === 0) writer.text(text);
    else writer.whole({ type: "text", text: "" }, [{ type: "text_delta", text }, ...citations]);
  }

  #searches(): readonly Search[] {
    if (this.#executed.size > 0) return [...this.#executed.values()];
    const all = this.#sources.length > 0 ? this.#sources : this.#cited.map(({ source }) => source);
    const sources = [...new Map(all.map((source) => [source.url, source])).values()];
    return sources.length === 0
      ? []
      : [{ query: this.#told.query, sources: sources.filter((one) => this.#admits(one)) }];
  }

  /** What the text cites: pages that were annotated, or those whose numbers stand in it as `[1]`. */
  #citations(text: string): readonly BlockDelta[] {
    if (this.#cited.length > 0) {
      return this.#cited
        .filter(({ source }) => this.#admits(source))
        .map(({ source, text: cited }) => citationOf(source, cited));
    }
    const numbers = new Set([...text.matchAll(/\[(\d{1,3})\]/g)].map(([, number]) => Number(number)));
    return [...numbers].flatMap((number) => {
      const source = this.#sources[number - 1];
      return source !== undefined && this.#admits(source) ? [citationOf(source, "")] : [];
    });
  }

  #annotate({ type, url_citation: value }: Loose<"type" | "url_citation">): void {
    if (type !== "url_citation" || !isLoose<CitationKey>(value)) return;
    const [source] = this.#source(value);
    if (source === undefined) return;
    const { start_index: start, end_index: end } = value;
    const said = typeof start === "number" && typeof end === "number" ? this.#held.slice(start, end) : "";
    this.#cited.push({ source, text: said });
  }

  #source(value: unknown): readonly Source[] {
    const { url, title, date, last_updated: updated } = loose<"url" | "title" | "date" | "last_updated">(value);
    const address = stringOf(url);
    if (address === undefined) return [];
    return [{ url: address, title: stringOf(title) ?? address, age: stringOf(date) ?? stringOf(updated) ?? null }];
  }

  #admits({ url }: Source): boolean {
    return admitsSite(this.#told.domains, hostOf(url).toLowerCase());
  }
}

type UsageKey = "num_search_queries" | "server_tool_use_details";
type CitationKey = "url" | "title" | "start_index" | "end_index";

function resultOf({ url, title, age }: Source): object {
  return { type: "web_search_result", title, url, encrypted_content: "", page_age: age };
}

function citationOf({ url, title }: Source, text: string): BlockDelta {
  const citation = { type: "web_search_result_location", url, title, cited_text: text, encrypted_index: "" };
  return { type: "citations_delta", citation };
}
