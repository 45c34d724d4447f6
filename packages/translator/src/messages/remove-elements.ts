import type { Span } from "../dialects/dialect.ts";
import type { Edit } from "./splice.ts";

/** An element of a JSON list, and whether it is to go. */
export interface ListElement {
  readonly span: Span;
  readonly gone: boolean;
}

/** The edits that take elements out of a list together with the commas that they no longer need. */
export function removeElements(elements: readonly ListElement[]): Edit[] {
  const edits: Edit[] = [];
  let anyKept = false;
  for (const [index, { span, gone }] of elements.entries()) {
    if (!gone) {
      anyKept = true;
      continue;
    }
    // Behind an element that stays, the comma before goes too; in front of all that stay, the comma after.
    const start = anyKept ? (elements[index - 1]?.span.end ?? span.start) : span.start;
    const end = anyKept ? span.end : (elements[index + 1]?.span.start ?? span.end);
    edits.push({ span: { start, end }, text: undefined });
  }
  return edits;
}
