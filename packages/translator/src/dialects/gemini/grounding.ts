import { admitsSite, hostOf, type DomainFilter } from "../../conversation/domain-filter.ts";
import type { AnswerWriter } from "../../messages/answer-writer.ts";
import type { BlockDelta } from "../../messages/events.ts";
import { listOf, loose, stringOf } from "../../json/loose.ts";

interface Source {
  readonly url: string;
  readonly title: string;
}

interface Support {
  readonly text: string;
  readonly sources: readonly number[];
}

/** Collects what Google's search found for one answer and tells it as a search of the Messages API. */
export class Grounding {
  readonly #filter: DomainFilter;
  #queries: readonly string[] = [];
  #sources: readonly (Source | undefined)[] = [];
  #supports: readonly Support[] = [];

  constructor(filter: DomainFilter) {
    this.#filter = filter;
  }

  /** Number of searches that were made. */
  get searches(): number {
    return this.#queries.length > 0 ? this.#queries.length : Number(this.#sources.length > 0);
  }

  /** Takes the metadata of one chunk; the last one that says something counts. */
  take(metadata: unknown): void {
    const found = loose<"webSearchQueries" | "groundingChunks" | "groundingSupports">(metadata);
    const queries = listOf(found.webSearchQueries).filter((query) => typeof query === "string");
    if (queries.length > 0) this.#queries = queries;
    const chunks = listOf(found.groundingChunks);
    if (chunks.length > 0) this.#sources = chunks.map((chunk) => this.#source(chunk));
    const supports = listOf(found.groundingSupports);
    if (supports.length > 0) this.#supports = supports.map(readSupport);
  }

  /** Writes the call of the search and what it found. */
  write(writer: AnswerWriter, id: string): void {
    const query = this.#queries.join("; ");
    const input: BlockDelta = { type: "input_json_delta", partial_json: JSON.stringify({ query }) };
    writer.whole({ type: "server_tool_use", id, name: "web_search", input: {} }, [input]);
    const content = this.#sources.filter((source) => source !== undefined).map((source) => result(source));
    writer.whole({ type: "web_search_tool_result", tool_use_id: id, content });
  }

  /**
   * The citations of a text, one for each sentence and source. Google tells the sentence of the answer and not that of
   * the source, so this is what `cited_text` holds.
   */
  citations(): readonly BlockDelta[] {
    return this.#supports.flatMap(({ text, sources }) =>
      sources.flatMap((index) => {
        const source = this.#sources[index];
        return source === undefined ? [] : [{ type: "citations_delta" as const, citation: citation(source, text) }];
      }),
    );
  }

  #source(chunk: unknown): Source | undefined {
    const web = loose<"uri" | "title" | "domain">(loose<"web">(chunk).web);
    const url = stringOf(web.uri);
    if (url === undefined) return undefined;
    const title = stringOf(web.title) ?? url;
    // The Gemini API gives addresses of its own that lead on, and the site's domain as title.
    const site = stringOf(web.domain) ?? (url.includes("grounding-api-redirect") ? title : hostOf(url));
    return admitsSite(this.#filter, site.toLowerCase()) ? { url, title } : undefined;
  }
}

function readSupport(value: unknown): Support {
  const support = loose<"segment" | "groundingChunkIndices">(value);
  const text = stringOf(loose<"text">(support.segment).text) ?? "";
  return { text, sources: listOf(support.groundingChunkIndices).filter((index) => typeof index === "number") };
}

function result({ url, title }: Source): object {
  return { type: "web_search_result", title, url, encrypted_content: "", page_age: null };
}

function citation({ url, title }: Source, text: string): object {
  return { type: "web_search_result_location", url, title, cited_text: text, encrypted_index: "" };
}
