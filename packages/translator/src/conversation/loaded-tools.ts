import { isRecord } from "../json/is-record.ts";
import type { ContentBlock } from "../messages/content.ts";
import type { MessagesRequest, Tool } from "../messages/request.ts";

/** What a conversation says about its tools beyond the request's own list. */
export interface ToolChanges {
  /** Names of the tools that were loaded by search or added, in that order; those taken away again are not among them. */
  readonly loaded: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
  /** Tools that a system message defines. */
  readonly defined: readonly Tool[];
}

/**
 * Reads which tools a conversation has loaded, added and withdrawn. A tool that was called counts as loaded.
 * Source: `tool_reference`, `tool_addition` and `tool_removal` in anthropic-sdk-typescript.
 */
export function readToolChanges(request: Pick<MessagesRequest, "messages">): ToolChanges {
  const changes = { loaded: new Set<string>(), removed: new Set<string>(), defined: new Map<string, Tool>() };
  for (const { content } of request.messages) {
    if (!Array.isArray(content)) continue;
    for (const block of blocksOf(content)) readBlock(block, changes);
  }
  return { loaded: changes.loaded, removed: changes.removed, defined: [...changes.defined.values()] };
}

interface Changes {
  readonly loaded: Set<string>;
  readonly removed: Set<string>;
  readonly defined: Map<string, Tool>;
}

/** Narrows what `Array.isArray` widens on a readonly union. */
function blocksOf(content: readonly ContentBlock[]): readonly ContentBlock[] {
  return content;
}

function readBlock(block: ContentBlock, changes: Changes): void {
  switch (block.type) {
    case "tool_use":
      changes.loaded.add(block.name);
      return;
    case "tool_result":
      if (!Array.isArray(block.content)) return;
      for (const inner of blocksOf(block.content)) if (inner.type === "tool_reference") load(inner.tool_name, changes);
      return;
    case "text":
    case "thinking":
      return;
    default:
      readDirective(block, changes);
  }
}

function readDirective(block: object, changes: Changes): void {
  const change = toolChange(block);
  if (change === undefined) return;
  if (change.definition !== undefined) changes.defined.set(change.name, change.definition);
  if (change.added) {
    load(change.name, changes);
    return;
  }
  changes.loaded.delete(change.name);
  changes.removed.add(change.name);
}

function load(name: string, changes: Changes): void {
  changes.loaded.add(name);
  changes.removed.delete(name);
}

/** A directive in mid-conversation to offer a tool from there on, or to offer it no longer. */
export interface ToolChange {
  readonly added: boolean;
  readonly name: string;
  readonly definition: Tool | undefined;
}

/** The directive that a content block gives; undefined for every other block. */
export function toolChange(block: object): ToolChange | undefined {
  if (!isRecord(block) || (block["type"] !== "tool_addition" && block["type"] !== "tool_removal")) return undefined;
  const subject = block["tool"];
  if (!isRecord(subject)) return undefined;
  const definition = isTool(subject["definition"]) ? subject["definition"] : undefined;
  const name = definition?.name ?? subject["name"];
  if (typeof name !== "string") return undefined;
  return { added: block["type"] === "tool_addition", name, definition };
}

function isTool(value: unknown): value is Tool {
  return isRecord(value) && typeof value["name"] === "string";
}
