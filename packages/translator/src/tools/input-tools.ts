import type { Span } from "../dialects/dialect.ts";
import { fourBytes, JsonScanner } from "../json/json-scanner.ts";
import { elementsOf, membersOf, textAt, valueOf } from "../json/json-parts.ts";

/** An item of a Responses request's input that brings tools of its own. */
export interface ToolItem {
  readonly index: number;
  readonly tools: readonly Span[];
  /** True when it is nothing without them. */
  readonly bringsOnly: boolean;
}

/** Source: `ResponseToolSearchOutputItemParam` and `AdditionalTools` in openai-node 7.57. */
const types = ["tool_search_output", "additional_tools"];
const watched: readonly [number, number] = [fourBytes("tool"), fourBytes("addi")];

/** The items that bring tools. The input's bytes are passed once; only where such an item may be are they looked into. */
export function readToolItems(body: Uint8Array, input: Span | undefined): readonly ToolItem[] {
  if (input === undefined || !mayHoldItem(body, input)) return [];
  const scanner = new JsonScanner(body);
  return elementsOf(scanner, input).flatMap((item, index): ToolItem[] => {
    const members = membersOf(scanner, item.start);
    const type = textAt(scanner, valueOf(members, "type"));
    if (type === undefined || !types.includes(type)) return [];
    const tools = elementsOf(scanner, valueOf(members, "tools"));
    return [{ index, tools, bringsOnly: type === "additional_tools" }];
  });
}

function mayHoldItem(body: Uint8Array, input: Span): boolean {
  const scanner = new JsonScanner(body, watched);
  scanner.skipValue(input.start);
  return scanner.seen.some((start) => {
    const span = { start, end: scanner.skipValue(start) };
    return types.some((type) => scanner.isText(span, type));
  });
}
