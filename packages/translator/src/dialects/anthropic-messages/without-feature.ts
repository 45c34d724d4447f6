import { JsonScanner } from "../../json/json-scanner.ts";
import type { Edit } from "../../messages/splice.ts";
import type { Span } from "../dialect.ts";
import { cutNamedField } from "./cut-named-field.ts";
import { cutThinkingClearing } from "./cut-thinking-clearing.ts";
import { fitMessages } from "./fit-messages.ts";
import type { RefusedBlock, RefusedFeature } from "./refused-feature.ts";
import { systemAsUser } from "./system-as-user.ts";
import { isThinking, readBlock } from "./thinking-block.ts";

/** Source: Anthropic docs, "Extended thinking": a budget is at least 1,024 tokens and less than max_tokens. */
const leastBudget = 1_024;
const usualBudget = 16_000;
const decoder = new TextDecoder();

/** The edits that let a request pass a model that lacks a feature; none when it does not ask for that. */
export function withoutFeature(
  body: Uint8Array,
  spans: ReadonlyMap<string, Span>,
  feature: RefusedFeature,
): readonly Edit[] {
  const scanner = new JsonScanner(body);
  return isBlock(feature) ? withoutBlocks(scanner, spans, feature) : withoutSetting(scanner, spans, feature);
}

function isBlock(feature: RefusedFeature): feature is RefusedBlock {
  return feature === "image" || feature === "document" || feature === "tool_reference";
}

/** Words in the place of all blocks of a type. */
function withoutBlocks(scanner: JsonScanner, spans: ReadonlyMap<string, Span>, refused: RefusedBlock): readonly Edit[] {
  const messages = spans.get("messages");
  const taken = { has: (type: string) => type !== refused };
  const blocks = { inMessages: taken, inResults: taken };
  return messages === undefined ? [] : fitMessages(scanner, messages, { blocks, foreign: new Set() }).edits;
}

function withoutSetting(
  scanner: JsonScanner,
  spans: ReadonlyMap<string, Span>,
  feature: Exclude<RefusedFeature, RefusedBlock>,
): readonly Edit[] {
  const { bytes } = scanner;
  const whole = { start: bytes.indexOf(0x7b), end: bytes.length };
  const messages = spans.get("messages");
  const thinking = spans.get("thinking");
  switch (feature) {
    case "system-role":
      return messages === undefined ? [] : systemAsUser(scanner, messages);
    case "effort":
      return cutEffort(scanner, whole, spans);
    case "thinking":
      return thinking === undefined
        ? []
        : [...cutNamedField(scanner, whole, "thinking"), ...cutThinkingClearing(scanner, spans).edits];
    case "thinking-budget":
      return ofType(scanner, thinking, "enabled") ? [{ span: thinking, text: '{"type":"adaptive"}' }] : [];
    case "adaptive-thinking":
      return ofType(scanner, thinking, "adaptive") ? thinkByBudget(scanner, thinking, spans) : [];
  }
}

function ofType(scanner: JsonScanner, thinking: Span | undefined, type: string): thinking is Span {
  return thinking !== undefined && readBlock(scanner, thinking).type === type;
}

/** Alone in its object, the effort goes with it: a model without effort may not know the object either. */
function cutEffort(scanner: JsonScanner, whole: Span, spans: ReadonlyMap<string, Span>): Edit[] {
  const output = spans.get("output_config");
  const names: string[] = [];
  if (output !== undefined && scanner.byteAt(output.start) === 0x7b)
    scanner.members(output.start, (key) => names.push(key));
  if (names.includes("effort")) {
    return cutNamedField(scanner, whole, names.length === 1 ? "output_config" : "output_config.effort");
  }
  return cutNamedField(scanner, whole, "messages.output_config");
}

/** Thinking with a fixed budget, or none where the limit leaves no room or the last turn has begun without any. */
function thinkByBudget(scanner: JsonScanner, thinking: Span, spans: ReadonlyMap<string, Span>): readonly Edit[] {
  const limit = spans.get("max_tokens");
  const room = limit === undefined ? 0 : Number(decoder.decode(scanner.bytes.subarray(limit.start, limit.end))) - 1;
  const budget = Math.min(usualBudget, room);
  const messages = spans.get("messages");
  if (budget >= leastBudget && !(messages !== undefined && callsUnthought(scanner, messages)))
    return [{ span: thinking, text: JSON.stringify({ type: "enabled", budget_tokens: budget }) }];
  return [{ span: thinking, text: '{"type":"disabled"}' }, ...cutThinkingClearing(scanner, spans).edits];
}

/** True when the last message of the assistant calls a tool and does not begin with thinking. */
function callsUnthought(scanner: JsonScanner, messages: Span): boolean {
  let last: readonly string[] = [];
  scanner.elements(messages.start, (span) => {
    const types = typesOfAssistant(scanner, span);
    if (types !== undefined) last = types;
  });
  return last.includes("tool_use") && !isThinking(last[0] ?? "");
}

/** The types of the blocks of a message of the assistant; undefined for other messages. */
function typesOfAssistant(scanner: JsonScanner, span: Span): readonly string[] | undefined {
  const types: string[] = [];
  let speaks = false;
  if (scanner.byteAt(span.start) !== 0x7b) return undefined;
  scanner.members(span.start, (key, value) => {
    const first = scanner.byteAt(value.start);
    if (key === "role" && first === 0x22) speaks = scanner.text(value) === "assistant";
    if (key !== "content" || first !== 0x5b) return;
    scanner.elements(value.start, (block) => types.push(readBlock(scanner, block).type));
  });
  return speaks ? types : undefined;
}
