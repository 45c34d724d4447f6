import type { ClientRequest, Dropped, Envelope, Span } from "../dialect.ts";
import { JsonScanner } from "../../json/json-scanner.ts";
import { sortWatched, watchedPrefixes } from "../../messages/watched-strings.ts";
import type { Edit } from "../../messages/splice.ts";
import { removeElements, type ListElement } from "../../messages/remove-elements.ts";
import { cutThinkingClearing } from "./cut-thinking-clearing.ts";
import { isThinking, mayHoldForeignThinking, readBlock, reasonToDrop, type ThinkingRule } from "./thinking-block.ts";

/** Cuts in a request's bytes, and what they take away. */
export interface ThinkingCuts {
  readonly edits: readonly Edit[];
  readonly dropped: readonly Dropped[];
}

/** A request of which only the places of its fields are known. */
interface Located {
  readonly body: Uint8Array;
  readonly envelope: Pick<Envelope, "spans">;
}

const nothing: ThinkingCuts = { edits: [], dropped: [] };

/**
 * The cuts that rid a request of thinking which an upstream speaking Messages refuses: blocks signed by this
 * package for another dialect, and blocks without a signature. A message that held nothing else goes whole.
 * Serves `count_tokens` bodies as well. Costs nothing measurable for a request without such blocks.
 */
export function filterForeignThinking(request: ClientRequest): ThinkingCuts {
  const messages = request.envelope.spans.get("messages");
  if (messages === undefined) return nothing;
  const seen = request.envelope.thinkingAt ?? lookFor(request.body, messages);
  if (seen.length === 0) return nothing;
  const scanner = new JsonScanner(request.body);
  return mayHoldForeignThinking(scanner, seen, messages) ? cutThinking(scanner, request.envelope, "foreign") : nothing;
}

/** The cuts that rid a request of all earlier thinking. */
export function stripThinking({ body, envelope }: Located): ThinkingCuts {
  return cutThinking(new JsonScanner(body), envelope, "all");
}

/** The cuts that turn thinking off for a request, with the clearing of it, where it is on with a fixed budget. */
export function turnThinkingOff({ body, envelope }: Located): ThinkingCuts {
  const cuts = { edits: [], dropped: [] };
  addThinkingOff(new JsonScanner(body), envelope, cuts);
  return cuts;
}

function lookFor(body: Uint8Array, messages: Span): readonly number[] {
  const scanner = new JsonScanner(body, watchedPrefixes);
  scanner.skipValue(messages.start);
  return sortWatched(scanner).thinkingAt;
}

function cutThinking(scanner: JsonScanner, envelope: Located["envelope"], rule: ThinkingRule): ThinkingCuts {
  const messages = envelope.spans.get("messages");
  if (messages === undefined) return nothing;
  const edits: Edit[] = [];
  const dropped: Dropped[] = [];
  const list: ListElement[] = [];
  let last: MessageCuts | undefined;
  scanner.elements(messages.start, (span) => {
    const cuts = cutMessage(scanner, { span, index: list.length, rule });
    edits.push(...cuts.edits);
    dropped.push(...cuts.dropped);
    list.push({ span, gone: cuts.gone });
    if (cuts.role === "assistant" && !cuts.gone) last = cuts;
  });
  edits.push(...removeElements(list));
  if (last?.callsUnthought === true) addThinkingOff(scanner, envelope, { edits, dropped });
  return { edits, dropped };
}

interface MessageCuts extends ThinkingCuts {
  readonly role: string;
  readonly gone: boolean;
  /** It lost its thinking and calls a tool, which the API refuses in the last turn while thinking is enabled. */
  readonly callsUnthought: boolean;
}

function cutMessage(scanner: JsonScanner, at: { span: Span; index: number; rule: ThinkingRule }): MessageCuts {
  let role = "";
  let content: Span | undefined;
  if (scanner.byteAt(at.span.start) === 0x7b) {
    scanner.members(at.span.start, (key, value) => {
      if (key === "role" && scanner.byteAt(value.start) === 0x22) role = scanner.text(value);
      else if (key === "content") content = value;
    });
  }
  if (content === undefined || scanner.byteAt(content.start) !== 0x5b) {
    return { ...nothing, role, gone: false, callsUnthought: false };
  }
  const list: ListElement[] = [];
  const kept: string[] = [];
  const dropped: Dropped[] = [];
  scanner.elements(content.start, (span) => {
    const block = readBlock(scanner, span);
    const reason = reasonToDrop(scanner, block, at.rule);
    if (reason === undefined) kept.push(block.type);
    else dropped.push({ path: `messages[${at.index}].content[${list.length}]`, reason });
    list.push({ span, gone: reason !== undefined });
  });
  const gone = kept.length === 0 && dropped.length > 0;
  const callsUnthought = dropped.length > 0 && kept.includes("tool_use") && !isThinking(kept[0] ?? "");
  return { edits: gone ? [] : removeElements(list), dropped, role, gone, callsUnthought };
}

/**
 * Turns thinking off for a request whose last turn calls a tool and has lost its thinking: with a fixed budget the
 * API then answers "Expected `thinking`, but found `tool_use`". Clearing thinking goes with it, as it needs thinking.
 */
function addThinkingOff(
  scanner: JsonScanner,
  { spans }: Located["envelope"],
  { edits, dropped }: { edits: Edit[]; dropped: Dropped[] },
): void {
  const thinking = spans.get("thinking");
  if (thinking === undefined || readBlock(scanner, thinking).type !== "enabled") return;
  edits.push({ span: thinking, text: '{"type":"disabled"}' });
  dropped.push({
    path: "thinking",
    reason: "the last turn has lost its thinking, without which the API refuses to go on thinking",
  });
  const clearing = cutThinkingClearing(scanner, spans);
  edits.push(...clearing.edits);
  dropped.push(...clearing.dropped);
}
