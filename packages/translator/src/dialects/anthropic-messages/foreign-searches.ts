import { isRecord } from "../../json/is-record.ts";
import { JsonScanner } from "../../json/json-scanner.ts";
import { parseJson } from "../../json/loose.ts";
import { isOwnSignature } from "../../messages/opaque.ts";
import { sortWatched, watchedPrefixes } from "../../messages/watched-strings.ts";
import { openSearchId } from "../../search/search-id.ts";
import type { ClientRequest, Span } from "../dialect.ts";
import { readMessage } from "./read-message.ts";
import { readBlock } from "./thinking-block.ts";

const none: ReadonlySet<number> = new Set();
const searchTypes: ReadonlySet<string> = new Set(["server_tool_use", "web_search_tool_result", "text"]);

/**
 * Where the blocks of searches begin that this API did not make, and of texts that cite them: their `encrypted_content`
 * and `encrypted_index`, which it would verify, are empty or this package's own. Costs nothing measurable for a request
 * without searches.
 */
export function findForeignSearches(scanner: JsonScanner, { body, envelope }: ClientRequest): ReadonlySet<number> {
  const messages = envelope.spans.get("messages");
  if (messages === undefined) return none;
  const seen = envelope.searchesAt ?? lookFor(body, messages);
  if (!seen.some((at) => at > messages.start && at < messages.end)) return none;
  const found = new Set<number>();
  scanner.elements(messages.start, (span) => {
    const { role, content } = readMessage(scanner, span);
    if (role === "assistant" && content !== undefined && scanner.byteAt(content.start) === 0x5b) {
      for (const start of foreignIn(blocksAt(scanner, content))) found.add(start);
    }
  });
  return found;
}

function lookFor(body: Uint8Array, messages: Span): readonly number[] {
  const scanner = new JsonScanner(body, watchedPrefixes);
  scanner.skipValue(messages.start);
  return sortWatched(scanner).searchesAt;
}

interface Block {
  readonly start: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

function blocksAt(scanner: JsonScanner, content: Span): readonly Block[] {
  const blocks: Block[] = [];
  scanner.elements(content.start, (span) => {
    if (!searchTypes.has(readBlock(scanner, span).type)) return;
    const fields = parseJson(new TextDecoder().decode(scanner.bytes.subarray(span.start, span.end)));
    if (isRecord(fields)) blocks.push({ start: span.start, fields });
  });
  return blocks;
}

function foreignIn(blocks: readonly Block[]): readonly number[] {
  const results = blocks.filter(({ fields }) => fields["type"] === "web_search_tool_result");
  const ids = new Set(results.filter(({ fields }) => isForeign(fields)).map(({ fields }) => fields["tool_use_id"]));
  return blocks
    .filter(({ fields }) => ids.has(fields["tool_use_id"] ?? fields["id"]) || citesForeign(fields["citations"]))
    .map(({ start }) => start);
}

function isForeign({ tool_use_id: id, content }: Block["fields"]): boolean {
  if (typeof id === "string" && openSearchId(id) !== undefined) return true;
  return Array.isArray(content) && content.some((result) => isRecord(result) && isOurs(result["encrypted_content"]));
}

function citesForeign(citations: unknown): boolean {
  if (!Array.isArray(citations)) return false;
  return citations.some((citation) => isRecord(citation) && citation["encrypted_index"] === "");
}

function isOurs(encrypted: unknown): boolean {
  return encrypted === "" || (typeof encrypted === "string" && isOwnSignature(encrypted));
}
