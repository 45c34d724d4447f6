import { namedEffort } from "../../conversation/openai-effort.ts";
import { roomForAnswer } from "../../conversation/room-for-answer.ts";
import { isRecord } from "../../json/is-record.ts";
import { listOf } from "../../json/loose.ts";
import { rewriteJson } from "../../json/rewrite-json.ts";
import { pathSteps, withoutPath } from "../../json/without-path.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { isStaleReasoning } from "./errors.ts";

type Body = Readonly<Record<string, unknown>>;

/** Without these a request is another request. */
const essential = new Set(["model", "input", "instructions", "tools", "stream"]);

/**
 * The request without what the provider refused, for one more try: a refused parameter is given a value that the
 * refusal names, or left out; an output limit is brought within its bounds; reasoning that the provider cannot read
 * any more is left out. Undefined when that changes nothing.
 */
export function repairResponsesRequest(
  body: Uint8Array,
  failure: UpstreamFailure,
): Uint8Array<ArrayBuffer> | undefined {
  return rewriteJson(body, (request) => repairedFor(request, failure));
}

function repairedFor(request: Body, failure: UpstreamFailure): Body | undefined {
  switch (failure.kind) {
    case "max-tokens-too-large":
      return limited(request, failure.limitTokens);
    case "output-overflow":
      return limited(request, roomForAnswer(failure));
    case "unsupported-parameter":
      return withoutParameter(request, failure.parameter ?? "", failure.message);
    case "invalid-request":
      return isStaleReasoning(failure) ? withoutReasoning(request) : undefined;
    default:
      return undefined;
  }
}

function limited(request: Body, tokens: number | undefined): Body | undefined {
  const value = request["max_output_tokens"];
  if (tokens === undefined || tokens < 1 || typeof value !== "number" || value <= tokens) return undefined;
  return { ...request, max_output_tokens: tokens };
}

function withoutReasoning(request: Body): Body | undefined {
  const input = listOf(request["input"]);
  const rest = input.filter((item) => !isRecord(item) || item["type"] !== "reasoning");
  return rest.length === input.length ? undefined : { ...request, input: rest };
}

function withoutParameter(request: Body, parameter: string, message: string): Body | undefined {
  const path = pathSteps(parameter).filter((step) => !/^\d+$/.test(step));
  const [name = ""] = path;
  if (name === "max_output_tokens") return raised(request, message);
  if (name === "reasoning_effort" || parameter === "reasoning.effort") return withOtherEffort(request, message);
  if (name === "input" && path.some((step) => step === "encrypted_content")) return withoutReasoning(request);
  if (path.length === 1 && essential.has(name)) return undefined;
  const without = withoutPath(request, path);
  if (without === undefined) return undefined;
  return name === "reasoning" ? withoutEmpty(without, "reasoning") : without;
}

// "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16"
function raised(request: Body, message: string): Body | undefined {
  const least = Number(/(?:>=|≥|at least|greater than or equal to) ?(\d+)/i.exec(message)?.[1] ?? Number.NaN);
  const value = request["max_output_tokens"];
  if (Number.isNaN(least)) {
    const { max_output_tokens: _, ...rest } = request;
    return value === undefined ? undefined : rest;
  }
  return typeof value === "number" && least > value ? { ...request, max_output_tokens: least } : undefined;
}

function withOtherEffort(request: Body, message: string): Body | undefined {
  const reasoning = request["reasoning"];
  if (!isRecord(reasoning) || reasoning["effort"] === undefined) return undefined;
  const { effort: refused, ...rest } = reasoning;
  const highest = namedEffort(message);
  if (highest !== undefined && highest !== refused) return { ...request, reasoning: { ...reasoning, effort: highest } };
  return withoutEmpty({ ...request, reasoning: rest }, "reasoning");
}

function withoutEmpty(request: Body, name: string): Body {
  const value = request[name];
  if (!isRecord(value) || Object.keys(value).length > 0) return request;
  const { [name]: _, ...rest } = request;
  return rest;
}
