import type { AnswerUsage } from "./answer.ts";
import { countUsage } from "./count-usage.ts";
import type { Face } from "./face.ts";
import { faceOf } from "./face-of.ts";
import type { FakeProviderOptions } from "./fake-provider-options.ts";
import { errorSteps, jsonSteps, planAnswer, type Step } from "./plan.ts";
import type { Rendering } from "./rendering.ts";
import type { SeenRequest } from "./seen-request.ts";

/** The answer as steps to be played. */
export interface Reaction {
  readonly steps: readonly Step[];
  /** Only when tokens are produced at all. */
  readonly usage?: Required<AnswerUsage>;
}

/** Decides what a request gets: a refusal, a list, a count, or the script's answer. */
export async function react(entry: SeenRequest, options: FakeProviderOptions): Promise<Reaction> {
  const face = await faceOf(entry);
  const { rendering } = face;
  const refusal = (mayAsk(entry, options) ? undefined : face.wrongKey) ?? options.refusal?.(entry);
  if (refusal) return { steps: errorSteps(refusal, rendering) };
  switch (entry.operation) {
    case "models":
      return { steps: jsonSteps(face.list(options.models ?? ["fake-model"])) };
    case "count-tokens":
      return { steps: countSteps(entry, options, rendering) };
    case "create":
      return await inference(entry, options, face);
    default:
      return {
        steps: errorSteps({ kind: "http-error", status: 404, message: `no such path: ${entry.path}` }, rendering),
      };
  }
}

async function inference(entry: SeenRequest, options: FakeProviderOptions, face: Face): Promise<Reaction> {
  const { rendering } = face;
  const wrong = options.strict === false ? undefined : face.check(entry.body, entry.model);
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
      model: answered.model ?? entry.model,
      usage: answered.usage === "none" ? undefined : usage,
      body: entry.body,
      reasoningKey: options.reasoningKey ?? "reasoning_content",
    },
  });
  const succeeds = steps.some((step) => step.do === "head" && step.status < 300);
  return succeeds ? { steps, usage } : { steps };
}

function mayAsk({ headers }: SeenRequest, { apiKey }: FakeProviderOptions): boolean {
  const { authorization, "x-api-key": anthropic, "x-goog-api-key": google, "api-key": azure } = headers;
  return apiKey === undefined || authorization === `Bearer ${apiKey}` || [anthropic, google, azure].includes(apiKey);
}

function countSteps(entry: SeenRequest, { countTokens }: FakeProviderOptions, rendering: Rendering): readonly Step[] {
  if (countTokens === "absent") return errorSteps({ kind: "http-error", status: 404, message: "Not found" }, rendering);
  const count = countTokens?.(entry) ?? Math.ceil(entry.raw.length / 4);
  return jsonSteps(entry.dialect === "bedrock-converse" ? { inputTokens: count } : { input_tokens: count });
}
