import { namedEffort } from "../../conversation/openai-effort.ts";
import { roomForAnswer } from "../../conversation/room-for-answer.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { isRecord } from "../../json/is-record.ts";
import { listOf } from "../../json/loose.ts";
import { rewriteJson } from "../../json/rewrite-json.ts";
import { pathSteps, withoutPath } from "../../json/without-path.ts";

type Body = Readonly<Record<string, unknown>>;

const limitFields = ["max_tokens", "max_completion_tokens"] as const;
/** Without these a request is another request. */
const essential = new Set(["model", "messages", "tools", "stream", "input"]);
const reasoningFields = ["reasoning_details", "reasoning_content", "reasoning"] as const;
const probeTokens = 1_024;
/** What DeepSeek accepts where the reasoning before a tool call is lost. */
const lostReasoning = "tool call";

/**
 * The request without what the provider refused, for one more try: a refused parameter is renamed, given a value that
 * the refusal names, or left out; an output limit is brought within its bounds. Undefined when that changes nothing.
 */
export function repairChatRequest(body: Uint8Array, failure: UpstreamFailure): Uint8Array<ArrayBuffer> | undefined {
  return rewriteJson(body, (request) => repairedFor(request, failure));
}

function repairedFor(request: Body, failure: UpstreamFailure): Body | undefined {
  switch (failure.kind) {
    case "max-tokens-too-large":
      return limit(request, failure.limitTokens);
    case "output-overflow":
      return limit(request, roomForAnswer(failure));
    case "unsupported-parameter":
      return withoutParameter(request, failure.parameter ?? "", failure.message);
    default:
      return undefined;
  }
}

function limit(request: Body, tokens: number | undefined): Body | undefined {
  const field = limitFields.find((name) => typeof request[name] === "number");
  if (field === undefined || tokens === undefined || tokens < 1 || Number(request[field]) <= tokens) return undefined;
  return { ...request, [field]: tokens };
}

function withoutParameter(request: Body, parameter: string, message: string): Body | undefined {
  const path = pathSteps(parameter);
  const name = path.find((step) => !/^\d+$/.test(step)) ?? "";
  if (isLimit(name)) return withOtherLimit(request, name, message);
  if (path.some((step) => isReasoning(step))) return withReasoning(request, path, message);
  if (path.length === 1 && name === "reasoning_effort") return withOtherEffort(request, message);
  if (path.length === 1 && essential.has(name)) return undefined;
  return withoutPath(request, path);
}

function withOtherLimit(request: Body, refused: string, message: string): Body | undefined {
  const field = limitFields.find((name) => typeof request[name] === "number");
  if (field === undefined) return undefined;
  const value = Number(request[field]);
  const least = /(?:>=|≥|at least|greater than or equal to) ?(\d+)/i.exec(message)?.[1];
  if (least !== undefined) return Number(least) > value ? { ...request, [field]: Number(least) } : undefined;
  if (/model output limit was reached/i.test(message)) {
    return value < probeTokens ? { ...request, [field]: probeTokens } : undefined;
  }
  if (field !== refused) return undefined;
  const other = field === "max_tokens" ? "max_completion_tokens" : "max_tokens";
  const { [field]: _, ...rest } = request;
  return { ...rest, [other]: value };
}

// "Supported values are: 'low', 'medium', and 'high'."; "set reasoning_effort to 'none'".
function withOtherEffort(request: Body, message: string): Body | undefined {
  if (request["reasoning_effort"] === undefined) return undefined;
  const highest = namedEffort(message);
  const { reasoning_effort: refused, ...rest } = request;
  return highest === undefined || highest === refused ? rest : { ...rest, reasoning_effort: highest };
}

function withReasoning(request: Body, path: readonly string[], message: string): Body | undefined {
  if (/must be passed|missing|required/i.test(message)) return withLostReasoning(request);
  const fields = reasoningFields.filter((field) => path.includes(field) || /encrypted|signature/i.test(message));
  let changed = false;
  const messages = listOf(request["messages"]).map((item) => {
    if (!isRecord(item) || !fields.some((field) => field in item)) return item;
    changed = true;
    return Object.fromEntries(Object.entries(item).filter(([key]) => !fields.some((field) => field === key)));
  });
  return changed ? { ...request, messages } : withoutPath(request, path);
}

function withLostReasoning(request: Body): Body | undefined {
  let changed = false;
  const messages = listOf(request["messages"]).map((item) => {
    if (!isRecord(item) || item["role"] !== "assistant" || item["reasoning_content"]) return item;
    changed = true;
    return { ...item, reasoning_content: lostReasoning };
  });
  return changed ? { ...request, messages } : undefined;
}

function isLimit(name: string): boolean {
  return name === "max_output_tokens" || limitFields.some((field) => field === name);
}

function isReasoning(name: string): boolean {
  return reasoningFields.some((field) => field === name);
}
