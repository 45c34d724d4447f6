import { JsonScanner } from "../../json/json-scanner.ts";
import { pathSteps } from "../../json/without-path.ts";
import type { Edit } from "../../messages/splice.ts";
import type { Span } from "../dialect.ts";
import { removeElements, type ListElement } from "../../messages/remove-elements.ts";

/** Without these a request, a message, a block or a tool is another one. */
const essential = new Set([
  "anthropic_version",
  "content",
  "id",
  "input",
  "input_schema",
  "max_tokens",
  "messages",
  "model",
  "name",
  "role",
  "source",
  "stream",
  "system",
  "text",
  "tool_use_id",
  "tools",
  "type",
]);

/**
 * The edits that take a field out of a request, named as an API's refusal names it: `tools.0.custom.defer_loading`,
 * where the tag of a union is no key. What stands in a list goes from all its elements alike.
 */
export function cutNamedField(scanner: JsonScanner, request: Span, path: string): Edit[] {
  const names = pathSteps(path).filter((step) => !/^\d+$/.test(step));
  const last = names.at(-1);
  return last === undefined || essential.has(last) ? [] : cut(scanner, request, names);
}

function cut(scanner: JsonScanner, span: Span, names: readonly string[]): Edit[] {
  const first = scanner.byteAt(span.start);
  const [name = "", ...rest] = names;
  if (first === 0x5b) {
    const edits: Edit[] = [];
    scanner.elements(span.start, (element) => edits.push(...cut(scanner, element, names)));
    return edits;
  }
  if (first !== 0x7b) return [];
  const members: ListElement[] = [];
  let found: Span | undefined;
  let start = scanner.skipSpace(span.start + 1);
  scanner.members(span.start, (key, value) => {
    if (key === name) found = value;
    members.push({ span: { start, end: value.end }, gone: key === name });
    start = scanner.skipSpace(scanner.skipSpace(value.end) + 1);
  });
  if (found === undefined) return rest.length === 0 ? [] : cut(scanner, span, rest);
  return rest.length === 0 ? removeElements(members) : cut(scanner, found, rest);
}
