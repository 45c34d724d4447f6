import type { JsonScanner } from "../../json/json-scanner.ts";
import type { Span } from "../dialect.ts";

/** Where the parts of a message stand. */
export interface LocatedMessage {
  readonly role: string;
  readonly content: Span | undefined;
}

/** Finds role and content of the message at `span`. */
export function readMessage(scanner: JsonScanner, span: Span): LocatedMessage {
  let role = "";
  let content: Span | undefined;
  if (scanner.byteAt(span.start) === 0x7b) {
    scanner.members(span.start, (key, value) => {
      if (key === "role" && scanner.byteAt(value.start) === 0x22) role = scanner.text(value);
      else if (key === "content") content = value;
    });
  }
  return { role, content };
}
