import { billingLine } from "../../conversation/system-prompt.ts";
import type { Span } from "../dialect.ts";
import type { JsonScanner } from "../../json/json-scanner.ts";
import type { Edit } from "../../messages/splice.ts";
import { removeElements, type ListElement } from "../../messages/remove-elements.ts";

const mark = new TextEncoder().encode('"x-anthropic-billing-header:');

/** The edits that take Claude Code's billing line from the head of the system prompt, with its block where it stands alone. */
export function cutBillingLine(scanner: JsonScanner, system: Span | undefined): Edit[] {
  if (system === undefined) return [];
  const first = scanner.byteAt(system.start);
  if (first === 0x22) return withoutLine(scanner, system) ?? [{ span: system, text: "[]" }];
  if (first !== 0x5b) return [];
  const blocks: ListElement[] = [];
  let edits: Edit[] | undefined = [];
  scanner.elements(system.start, (span) => {
    if (blocks.length === 0 && scanner.byteAt(span.start) === 0x7b) {
      scanner.members(span.start, (key, value) => {
        if (key === "text") edits = withoutLine(scanner, value);
      });
    }
    blocks.push({ span, gone: blocks.length === 0 && edits === undefined });
  });
  return edits ?? removeElements(blocks);
}

/** The edit of a text that begins with the line; undefined when nothing else is in it. */
function withoutLine(scanner: JsonScanner, span: Span): Edit[] | undefined {
  if (!mark.every((byte, index) => scanner.byteAt(span.start + index) === byte)) return [];
  const rest = scanner.text(span).replace(billingLine, "");
  return rest === "" ? undefined : [{ span, text: JSON.stringify(rest) }];
}
