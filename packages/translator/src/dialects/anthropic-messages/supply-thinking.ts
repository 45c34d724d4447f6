import type { ClientRequest, Span } from "../dialect.ts";
import { JsonScanner } from "../../json/json-scanner.ts";
import type { Edit } from "../../messages/splice.ts";
import { readMessage } from "./read-message.ts";
import { readBlock } from "./thinking-block.ts";

// A text that says nothing: what the model thought there is not known, and an empty one is refused.
const supplied = '[{"type":"thinking","thinking":"tool call","signature":""},';

/**
 * The edits that put a thinking block before the calls of every turn that has none, for a server that refuses a
 * request without it. None when thinking is off.
 */
export function supplyThinking({ body, envelope }: ClientRequest): Edit[] {
  const messages = envelope.spans.get("messages");
  const scanner = new JsonScanner(body);
  const thinking = envelope.spans.get("thinking");
  if (messages === undefined || (thinking !== undefined && readBlock(scanner, thinking).type === "disabled")) return [];
  const edits: Edit[] = [];
  scanner.elements(messages.start, (message) => {
    const content = contentToSupply(scanner, message);
    if (content !== undefined) {
      edits.push({ span: { start: content.start, end: content.start + 1 }, text: supplied });
    }
  });
  return edits;
}

/** The content of an assistant's message that calls tools without a thought. */
function contentToSupply(scanner: JsonScanner, message: Span): Span | undefined {
  const { role, content } = readMessage(scanner, message);
  if (role !== "assistant" || content === undefined || scanner.byteAt(content.start) !== 0x5b) return undefined;
  const types = new Set<string>();
  scanner.elements(content.start, (block) => void types.add(readBlock(scanner, block).type));
  return types.has("tool_use") && !types.has("thinking") ? content : undefined;
}
