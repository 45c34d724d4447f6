import type { AnswerUsage } from "./answer.ts";
import { chatRendering } from "./chat-rendering.ts";
import { checkChatRequest } from "./check-chat-request.ts";
import { checkMessagesRequest } from "./check-messages-request.ts";
import { countUsage } from "./count-usage.ts";
import type { FakeProviderOptions } from "./fake-provider-options.ts";
import type { HttpErrorFault } from "./fault.ts";
import { messagesRendering } from "./messages-rendering.ts";
import { errorSteps, jsonSteps, planAnswer, type Step } from "./plan.ts";
import type { Rendering } from "./rendering.ts";
import { describeBody, type SeenRequest } from "./seen-request.ts";

/** The answer as steps to be played. */
export interface Reaction {
  readonly steps: readonly Step[];
  /** Only when tokens are produced at all. */
  readonly usage?: Required<AnswerUsage>;
}

/** Decides what a request gets: a refusal, a list, a count, or the script's answer. */
export async function react(entry: SeenRequest, options: FakeProviderOptions): Promise<Reaction> {
  const rendering = entry.dialect === "openai-chat" ? chatRendering : messagesRendering;
  const refusal = refuseCredential(entry, options) ?? options.refusal?.(entry);
  if (refusal) return { steps: errorSteps(refusal, rendering) };
  switch (entry.operation) {
    case "models":
      return { steps: jsonSteps(modelList(entry, options.models ?? ["fake-model"])) };
    case "count-tokens":
      return { steps: countSteps(entry, options, rendering) };
    case "create":
      return await inference(entry, options, rendering);
    default:
      return {
        steps: errorSteps({ kind: "http-error", status: 404, message: `no such path: ${entry.path}` }, rendering),
      };
  }
}

async function inference(entry: SeenRequest, options: FakeProviderOptions, rendering: Rendering): Promise<Reaction> {
  const check = entry.dialect === "openai-chat" ? checkChatRequest : checkMessagesRequest;
  const wrong = options.strict === false ? undefined : check(entry.body);
  if (wrong !== undefined) {
    return { steps: errorSteps({ kind: "http-error", status: 400, message: wrong }, rendering) };
  }
  const answered = await options.script(entry);
  const usage = countUsage(answered, entry.raw.length);
  const steps = planAnswer(answered, {
    rendering,
    stream: entry.stream,
    context: {
      index: entry.index,
      model: answered.model ?? describeBody(entry.body).model,
      usage: answered.usage === "none" ? undefined : usage,
      streamUsage: wantsUsage(entry.body),
      reasoningKey: options.reasoningKey ?? "reasoning_content",
    },
  });
  const succeeds = steps.some((step) => step.do === "head" && step.status < 300);
  return succeeds ? { steps, usage } : { steps };
}

function refuseCredential(entry: SeenRequest, { apiKey }: FakeProviderOptions): HttpErrorFault | undefined {
  if (apiKey === undefined) return undefined;
  const { authorization, "x-api-key": key } = entry.headers;
  if (authorization === `Bearer ${apiKey}` || key === apiKey) return undefined;
  const message = entry.dialect === "openai-chat" ? "Incorrect API key provided." : "invalid x-api-key";
  return { kind: "http-error", status: 401, message, code: "invalid_api_key" };
}

function countSteps(entry: SeenRequest, { countTokens }: FakeProviderOptions, rendering: Rendering): readonly Step[] {
  if (countTokens === "absent") return errorSteps({ kind: "http-error", status: 404, message: "Not found" }, rendering);
  return jsonSteps({ input_tokens: countTokens?.(entry) ?? Math.ceil(entry.raw.length / 4) });
}

function modelList(entry: SeenRequest, ids: readonly string[]): unknown {
  if (entry.dialect === "openai-chat") {
    const data = ids.map((id) => ({ id, object: "model", created: 1_700_000_000, owned_by: "fake" }));
    return { object: "list", data };
  }
  const data = ids.map((id) => ({ type: "model", id, display_name: id, created_at: "2026-01-01T00:00:00Z" }));
  return { data, has_more: false, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null };
}

function wantsUsage(body: unknown): boolean {
  const { stream_options: wanted } = (body ?? {}) as { stream_options?: { include_usage?: unknown } };
  return wanted?.include_usage === true;
}
