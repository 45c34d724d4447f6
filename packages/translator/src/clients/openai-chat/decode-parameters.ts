import type { Drops } from "../../conversation/drops.ts";
import { TranslatorError } from "../../errors.ts";
import { isRecord } from "../../json/is-record.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import { decodeEffort } from "../shared/decode-effort.ts";
import { decodeUser } from "../shared/decode-user.ts";
import { defaultMaxTokens } from "../shared/default-max-tokens.ts";
import { reasons } from "../shared/reasons.ts";
import { reportFields } from "../shared/report-fields.ts";
import type { ChatRequest } from "./chat-request.ts";

/** Everything but the conversation and the tools. */
export type Parameters = Pick<
  MessagesRequest,
  | "max_tokens"
  | "stream"
  | "temperature"
  | "top_p"
  | "top_k"
  | "stop_sequences"
  | "thinking"
  | "output_config"
  | "metadata"
>;

/** Reads limits, sampling, reasoning and format. Throws a TranslatorError for what would change what an answer is. */
export function decodeParameters(request: ChatRequest, drops: Drops): Parameters {
  refuseOtherAnswers(request);
  reportFields(request, { known, fieldReasons, drops });
  const { thinking, effort } = decodeEffort(request.reasoning_effort, "reasoning_effort", drops);
  const output = { ...(effort && { effort }), ...decodeFormat(request) };
  return {
    max_tokens: request.max_completion_tokens ?? request.max_tokens ?? defaultMaxTokens,
    ...(request.stream === true ? { stream: true } : {}),
    ...decodeSampling(request),
    ...(thinking && { thinking }),
    ...(Object.keys(output).length > 0 ? { output_config: output } : {}),
    ...decodeUser(request),
  };
}

function decodeSampling(request: ChatRequest): Partial<Parameters> {
  const { temperature, top_p, stop } = request;
  const topK = request["top_k"];
  const sequences = typeof stop === "string" ? [stop] : (stop ?? []);
  return {
    ...(typeof temperature === "number" ? { temperature } : {}),
    ...(typeof top_p === "number" ? { top_p } : {}),
    ...(typeof topK === "number" ? { top_k: topK } : {}),
    ...(sequences.length > 0 ? { stop_sequences: sequences } : {}),
  };
}

/** An answer of another kind than was asked for would break the client in ways that nobody understands. */
function refuseOtherAnswers(request: ChatRequest): void {
  const { n, modalities, functions } = request;
  const refuse = (message: string): never => {
    throw new TranslatorError("unsupported-content", message);
  };
  if (typeof n === "number" && n !== 1) refuse("n: only one choice can be answered with; ask several times instead");
  if (Array.isArray(modalities) && modalities.includes("audio")) refuse("modalities: only text can be answered with");
  if (Array.isArray(functions) && functions.length > 0) refuse("functions: not supported; declare them as tools");
}

function decodeFormat({ response_format: format }: ChatRequest): MessagesRequest["output_config"] {
  if (format?.type !== "json_schema") return {};
  const { schema } = format.json_schema;
  return isRecord(schema) ? { format: { type: "json_schema", schema } } : {};
}

const known: ReadonlySet<string> = new Set(
  [
    "model messages tools tool_choice parallel_tool_calls max_tokens max_completion_tokens",
    "temperature top_p top_k stop stream stream_options reasoning_effort response_format",
    "user safety_identifier prompt_cache_key n modalities functions function_call",
  ].flatMap((names) => names.split(" ")),
);

const fieldReasons: Readonly<Record<string, string>> = {
  frequency_penalty: reasons.sampling,
  presence_penalty: reasons.sampling,
  logit_bias: reasons.sampling,
  seed: reasons.sampling,
  logprobs: reasons.logprobs,
  top_logprobs: reasons.logprobs,
  metadata: reasons.metadata,
  store: reasons.store,
  service_tier: reasons.serviceTier,
  prediction: reasons.prediction,
  verbosity: reasons.verbosity,
  web_search_options: reasons.webSearch,
  audio: reasons.audio,
  moderation: reasons.openaiOnly,
  prompt_cache_options: reasons.openaiOnly,
  prompt_cache_retention: reasons.openaiOnly,
};
