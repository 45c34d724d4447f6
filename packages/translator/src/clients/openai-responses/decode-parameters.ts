import type { Drops } from "../../conversation/drops.ts";
import { TranslatorError } from "../../errors.ts";
import { isRecord } from "../../json/is-record.ts";
import type { MessagesRequest, Thinking } from "../../messages/request.ts";
import { decodeEffort } from "../shared/decode-effort.ts";
import { decodeUser } from "../shared/decode-user.ts";
import { defaultMaxTokens } from "../shared/default-max-tokens.ts";
import { reasons } from "../shared/reasons.ts";
import { reportFields } from "../shared/report-fields.ts";
import type { ResponsesRequest } from "./responses-request.ts";

/** Everything but the conversation and the tools. */
export type Parameters = Pick<
  MessagesRequest,
  "max_tokens" | "stream" | "temperature" | "top_p" | "thinking" | "output_config" | "metadata"
>;

/** Reads limits, sampling, reasoning and format. Throws a TranslatorError for what needs a store. */
export function decodeParameters(request: ResponsesRequest, drops: Drops): Parameters {
  refuseStored(request);
  reportFields(request, { known, fieldReasons, drops });
  if (request.text?.verbosity && request.text.verbosity !== "medium") drops.add("text.verbosity", reasons.verbosity);
  const { temperature, top_p } = request;
  const reasoning = decodeEffort(request.reasoning?.effort, "reasoning.effort", drops);
  const thinking = withDisplay(reasoning.thinking, request);
  const output = { ...(reasoning.effort && { effort: reasoning.effort }), ...decodeFormat(request) };
  return {
    max_tokens: request.max_output_tokens ?? defaultMaxTokens,
    ...(request.stream === true ? { stream: true } : {}),
    ...(typeof temperature === "number" ? { temperature } : {}),
    ...(typeof top_p === "number" ? { top_p } : {}),
    ...(thinking && { thinking }),
    ...(Object.keys(output).length > 0 ? { output_config: output } : {}),
    ...decodeUser(request),
  };
}

/** Reasoning is shown only to those who ask for a summary of it; asking for one is asking to reason. */
function withDisplay(thinking: Thinking | undefined, { reasoning }: ResponsesRequest): Thinking | undefined {
  const wantsSummary = Boolean(reasoning?.summary);
  if (thinking?.type === "disabled") return thinking;
  if (thinking === undefined && !wantsSummary) return undefined;
  return { type: "adaptive", display: wantsSummary ? "summarized" : "omitted" };
}

function decodeFormat({ text }: ResponsesRequest): MessagesRequest["output_config"] {
  const format = text?.format;
  if (format?.type !== "json_schema" || !isRecord(format.schema)) return {};
  return { format: { type: "json_schema", schema: format.schema } };
}

function refuseStored(request: ResponsesRequest): void {
  for (const field of ["previous_response_id", "conversation", "prompt"] as const) {
    if (request[field] === undefined || request[field] === null) continue;
    throw new TranslatorError(
      "unsupported-content",
      `${field}: nothing is stored here; send the whole conversation as input with every request`,
    );
  }
}

const known: ReadonlySet<string> = new Set(
  [
    "model input instructions tools tool_choice parallel_tool_calls max_output_tokens temperature top_p stream",
    "reasoning text user safety_identifier prompt_cache_key background conversation previous_response_id prompt",
    // What is asked for is done anyway, or costs nothing to leave out.
    "include stream_options metadata",
  ].flatMap((names) => names.split(" ")),
);

const fieldReasons: Readonly<Record<string, string>> = {
  store: reasons.store,
  service_tier: reasons.serviceTier,
  top_logprobs: reasons.logprobs,
  truncation: reasons.openaiOnly,
  max_tool_calls: reasons.openaiOnly,
  moderation: reasons.openaiOnly,
  context_management: reasons.openaiOnly,
  prompt_cache_options: reasons.openaiOnly,
  prompt_cache_retention: reasons.openaiOnly,
  client_metadata: reasons.metadata,
};
