import { isRecord } from "../../json/is-record.ts";
import type {
  ContentBlock,
  DocumentBlock,
  SearchResultBlock,
  TextBlock,
  WebSearchToolResultBlock,
} from "../../messages/content.ts";
import type { ContentSink } from "./content-builder.ts";
import { toolChange } from "./loaded-tools.ts";
import { writeDocumentMedia, writeImage } from "./media.ts";
import { entryOf, type Place } from "./place.ts";
import { reasons } from "./reasons.ts";

/** A message's content as blocks: text given as a string is one text block. */
export function blocksOf(content: string | readonly ContentBlock[] | null | undefined): readonly ContentBlock[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content ?? [];
}

/** Writes one block that says something by itself. Kinds that nobody knows are reported, and never refused. */
export function writeBlock(block: ContentBlock, sink: ContentSink, place: Place): void {
  reportCacheMark(block, place);
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
    case "tool_reference":
      sink.text(`[Loaded tool: ${place.scene.names.toWire(block.tool_name)}]`);
      return;
    case "web_search_tool_result":
      writeWebSearchResult(block, sink, place);
      return;
    default:
      writeUnknown(block, sink, place);
  }
}

/** Text carries its marker itself and a tool result takes care of its own; on other blocks no server takes one. */
function reportCacheMark(block: ContentBlock, place: Place): void {
  if (block.type === "text" || !("cache_control" in block) || !block.cache_control) return;
  place.scene.dropCacheMark(`${place.path()}.cache_control`);
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
