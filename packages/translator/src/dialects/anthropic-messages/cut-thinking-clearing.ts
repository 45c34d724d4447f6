import type { JsonScanner } from "../../json/json-scanner.ts";
import { removeElements, type ListElement } from "../../messages/remove-elements.ts";
import type { Edit } from "../../messages/splice.ts";
import type { Dropped, Span } from "../dialect.ts";
import { readBlock } from "./thinking-block.ts";

/** The cuts that rid a request of the clearing of thinking, which the API refuses where thinking is off. */
export function cutThinkingClearing(
  scanner: JsonScanner,
  spans: ReadonlyMap<string, Span>,
): { readonly edits: readonly Edit[]; readonly dropped: readonly Dropped[] } {
  const edits: Edit[] = [];
  const dropped: Dropped[] = [];
  const management = spans.get("context_management");
  if (management === undefined || scanner.byteAt(management.start) !== 0x7b) return { edits, dropped };
  scanner.members(management.start, (key, value) => {
    if (key !== "edits" || scanner.byteAt(value.start) !== 0x5b) return;
    const list: ListElement[] = [];
    scanner.elements(value.start, (span) => {
      const gone = readBlock(scanner, span).type.startsWith("clear_thinking");
      if (gone)
        dropped.push({ path: `context_management.edits[${list.length}]`, reason: "thinking is off for this request" });
      list.push({ span, gone });
    });
    edits.push(...removeElements(list));
  });
  return { edits, dropped };
}
