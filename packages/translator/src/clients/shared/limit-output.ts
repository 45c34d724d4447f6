import type { Span } from "../../dialects/dialect.ts";
import { JsonScanner } from "../../json/json-scanner.ts";
import { splice, type Edit } from "../../messages/splice.ts";

/** Where a client says how long an answer may be. */
export interface OutputFields {
  /** All names that it may say it under. */
  readonly names: readonly string[];
  /** The one to say it under where it does not. */
  readonly usual: string;
}

const decoder = new TextDecoder();

/**
 * A request whose answer is not to be longer than so many tokens: only the numbers change that say otherwise. It has been
 * read before, so it is known to be one.
 */
export function limitOutput(body: Uint8Array, { names, usual }: OutputFields, maxTokens: number): Uint8Array {
  const scanner = new JsonScanner(body);
  const edits: Edit[] = [];
  let isSaid = false;
  const open = scanner.skipSpace(body[0] === 0xef ? 3 : 0);
  const end = scanner.members(open, (key, span) => {
    const value = names.includes(key) || key === "thinking" ? valueAt(body, span) : undefined;
    if (key === "thinking") edits.push(...limitThinking(span, value, maxTokens));
    else if (typeof value === "number") {
      isSaid = true;
      if (value > maxTokens) edits.push({ span, text: String(maxTokens) });
    }
  });
  // `null` may stand there too, which is as good as nothing; of two equal names the last counts.
  if (!isSaid) edits.push({ span: { start: end - 1, end: end - 1 }, text: `,"${usual}":${maxTokens}` });
  return splice(body, edits);
}

function valueAt(body: Uint8Array, { start, end }: Span): unknown {
  return JSON.parse(decoder.decode(body.subarray(start, end)));
}

/** Source: Anthropic docs, "Extended thinking": the budget is at least 1,024 tokens and less than `max_tokens`. */
const leastThinking = 1_024;

/** Thinking counts in the answer, so its budget has to be smaller; where none is possible there is no thinking. */
function limitThinking(span: Span, thinking: unknown, maxTokens: number): readonly Edit[] {
  const fields = new Map<string, unknown>(
    typeof thinking === "object" && thinking !== null ? Object.entries(thinking) : [],
  );
  const budget = fields.get("budget_tokens");
  if (typeof budget !== "number" || budget < maxTokens) return [];
  if (maxTokens <= leastThinking) return [{ span, text: '{"type":"disabled"}' }];
  const limited = { ...Object.fromEntries(fields), budget_tokens: Math.max(leastThinking, maxTokens - leastThinking) };
  return [{ span, text: JSON.stringify(limited) }];
}
