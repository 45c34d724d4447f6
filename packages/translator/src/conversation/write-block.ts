import { isRecord } from "../json/is-record.ts";
import type {
  ContentBlock,
  DocumentBlock,
  SearchResultBlock,
  TextBlock,
  ToolResultBlock,
  WebSearchToolResultBlock,
} from "../messages/content.ts";
import { blocksOf } from "./blocks-of.ts";
import type { ContentSink } from "./content-sink.ts";
import { searchToolResult } from "../search/search-content.ts";
import { openSearchId } from "../search/search-id.ts";
import { LabelledSink } from "./labelled-sink.ts";
import { toolChange } from "./loaded-tools.ts";
import { entryOf, type Place } from "./place.ts";
import { reasons } from "./reasons.ts";
import { resultBlocks } from "./tool-result.ts";
import { writeDocumentMedia, writeImage } from "./write-media.ts";

/**
 * Writes one block that says something by itself; a tool result among them has lost its call and is told in words.
 * Kinds that nobody knows are reported, and never refused.
 */
export function writeBlock(block: ContentBlock, sink: ContentSink, place: Place): void {
  writeContent(block, sink, place);
  // Text and tool results hand their own marker on.
  if (block.type === "text" || block.type === "tool_result") return;
  if (!("cache_control" in block) || !block.cache_control) return;
  if (sink.cacheMark === undefined) place.scene.dropCacheMark(`${place.path()}.cache_control`);
  else sink.cacheMark(block.cache_control);
}

function writeContent(block: ContentBlock, sink: ContentSink, place: Place): void {
  switch (block.type) {
    case "text":
      writeText(block, sink, place);
      return;
    case "image":
      writeImage(block, sink, place);
      return;
    case "document":
      writeDocument(block, sink, place);
      return;
    case "search_result":
      writeSearchResult(block, sink);
      return;
    case "tool_result":
      writeOrphan(block, sink, place);
      return;
    case "tool_reference":
      sink.text(`[Loaded tool: ${place.scene.names.toWire(block.tool_name)}]`);
      return;
    case "server_tool_use":
      if (block.name !== "web_search") place.scene.drops.add(place.path(), reasons.serverToolHistory);
      else sink.text(`[Web search: ${queryOf(block.input)}]`);
      return;
    case "web_search_tool_result":
      writeWebSearchResult(block, sink, place);
      return;
    case "compaction":
      // Of a conversation that `startAtCompaction` has not seen; blocks without content tell of nothing.
      if (block.content) writeUnknown(block, sink, place);
      return;
    default:
      writeUnknown(block, sink, place);
  }
}

/**
 * Writes what a tool gave. The marker of the result as a whole is the caller's, and so is its `is_error`; see
 * `markError` for providers without such a flag.
 */
export function writeToolResult(block: ToolResultBlock, sink: ContentSink, place: Place): void {
  resultBlocks(block.content).forEach((inner, index) => writeBlock(inner, sink, entryOf(place, "content", index)));
}

/** Tells a result whose call is gone in words, as providers refuse a result without its call. */
function writeOrphan(block: ToolResultBlock, sink: ContentSink, place: Place): void {
  if (block.cache_control) place.scene.dropCacheMark(`${place.path()}.cache_control`);
  const labelled = new LabelledSink(sink, block.is_error === true);
  writeToolResult(block, labelled, place);
  labelled.end();
}

function queryOf(input: unknown): string {
  return isRecord(input) ? asText(input["query"]) : "";
}

function writeText(block: TextBlock, sink: ContentSink, place: Place): void {
  if ((block.citations?.length ?? 0) > 0)
    place.scene.drops.add("messages[*].content[*].citations", reasons.citationsInText);
  // Poisoned histories hold null here, although the type forbids it.
  if (typeof block.text === "string") sink.text(block.text, block.cache_control);
}

function writeDocument(block: DocumentBlock, sink: ContentSink, place: Place): void {
  if (block.citations?.enabled === true) place.scene.drops.add(`${place.path()}.citations`, reasons.citationsEnabled);
  const { source } = block;
  const heading = [
    ...(block.title ? [`Document: ${block.title}`] : []),
    ...(block.context ? [`Context: ${block.context}`] : []),
  ].join("\n");
  if (source.type === "text") {
    sink.text(heading === "" ? source.data : `${heading}\n\n${source.data}`);
    return;
  }
  sink.text(heading);
  if (source.type !== "content") {
    writeDocumentMedia(block, sink, place);
    return;
  }
  blocksOf(source.content).forEach((inner, index) => writeBlock(inner, sink, entryOf(place, "source.content", index)));
}

function writeSearchResult(block: SearchResultBlock, sink: ContentSink): void {
  const texts = block.content.map(({ text }) => text).join("\n");
  sink.text(`[${block.title}](${block.source})\n${texts}`);
}

function writeWebSearchResult(block: WebSearchToolResultBlock, sink: ContentSink, place: Place): void {
  if (openSearchId(block.tool_use_id) !== undefined) {
    const { content } = searchToolResult(block.tool_use_id, block.content);
    sink.text(`Web search results:\n${asText(content)}`);
    return;
  }
  place.scene.drops.add("messages[*].content[*].encrypted_content", reasons.searchResult);
  const found = Array.isArray(block.content) ? block.content.filter(isRecord) : [];
  if (found.length === 0) {
    sink.text("[The web search gave no results.]");
    return;
  }
  const lines = found.map((result) => `- [${asText(result["title"])}](${asText(result["url"])})`);
  sink.text(`Web search results:\n${lines.join("\n")}`);
}

/** A block of a kind that the Messages API may have got since: its text is kept when it has one. */
function writeUnknown(block: object, sink: ContentSink, place: Place): void {
  const change = toolChange(block);
  if (change !== undefined) {
    const name = place.scene.names.toWire(change.name);
    sink.text(
      change.added ? `[The tool ${name} is available from here on.]` : `[The tool ${name} is no longer available.]`,
    );
    return;
  }
  const text = knownText(block);
  const type = isRecord(block) ? asText(block["type"]) : "";
  const reason = type.endsWith("_tool_use") || type.endsWith("_tool_result") ? reasons.serverToolHistory : undefined;
  place.scene.drops.add(
    `${place.path()} (${type})`,
    reason ?? (text === "" ? reasons.unknownBlock : reasons.unknownBlockAsText),
  );
  if (reason === undefined) sink.text(text);
}

function knownText(block: object): string {
  if (!isRecord(block)) return "";
  return asText(block["text"]) || asText(block["content"]);
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}
