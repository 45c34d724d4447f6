import type { Metered, TranslationContext } from "../../dialects/dialect.ts";
import type { Finish } from "../../dialects/openai-responses/finish.ts";
import type { WireResponse } from "../../dialects/openai-responses/wire.ts";
import { readUsage, settleUsage } from "../../dialects/openai-chat/usage.ts";
import { listOf, loose } from "../../json/loose.ts";
import { bytesPerToken } from "../../messages/input-estimates.ts";
import type { StopReason } from "../../messages/events.ts";

/** What an answer in passing depends on beside itself. */
export interface PassedRequest {
  readonly context: TranslationContext;
  readonly createdAtSeconds: number;
  readonly requestBytes: number;
}

/** What is known of an answer that has passed. */
export interface Passed {
  readonly response: WireResponse;
  readonly finish: Finish | undefined;
  readonly answerChars: number;
  readonly requestBytes: number;
}

/** What an answer came to; estimated where the server did not count. */
export function accountOf({ response, finish, answerChars, requestBytes }: Passed): Metered {
  const usage = settleUsage(readUsage(response.usage, response.service_tier), {
    inputTokens: () => Math.ceil(requestBytes / bytesPerToken),
    outputTokens: () => Math.ceil(answerChars / bytesPerToken),
  });
  const kinds = listOf(response.output).map((item) => loose<"type">(item).type);
  const webSearchRequests = kinds.filter((kind) => kind === "web_search_call").length;
  return { usage: { ...usage, webSearchRequests }, stopReason: stopReasonOf(finish, kinds) };
}

const calls: ReadonlySet<unknown> = new Set(["function_call", "custom_tool_call"]);

function stopReasonOf(finish: Finish | undefined, kinds: readonly unknown[]): StopReason | undefined {
  if (finish === undefined || finish.end === "failure") return undefined;
  if (finish.end === "length") return "max_tokens";
  if (finish.end === "refusal") return "refusal";
  return kinds.some((kind) => calls.has(kind)) ? "tool_use" : "end_turn";
}
