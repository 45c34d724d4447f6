import { roomForAnswer } from "../../conversation/room-for-answer.ts";
import { isRecord } from "../../json/is-record.ts";
import { listOf } from "../../json/loose.ts";
import { rewriteJson } from "../../json/rewrite-json.ts";
import { pathSteps, withoutPath } from "../../json/without-path.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { unmix } from "./unmix.ts";
import { withoutBlocks } from "./without-blocks.ts";

type Body = Readonly<Record<string, unknown>>;

/** Without these a request is another request. */
const essential = new Set(["messages", "system", "toolConfig", "toolConfig.tools", "inferenceConfig"]);
const defaultBudget = 16_000;
const leastBudget = 1_024;
const thinkingPath = ["additionalModelRequestFields", "thinking"];
const goOn = { role: "user", content: [{ text: "Go on exactly where your last message ends." }] };

/**
 * The request without what the model refused, for one more try: a refused field is left out or written in the other
 * way there is, an output limit is brought within its bounds. Undefined when that changes nothing.
 */
export function repairConverseRequest(body: Uint8Array, failure: UpstreamFailure): Uint8Array<ArrayBuffer> | undefined {
  return rewriteJson(body, (request) => repairedFor(request, failure));
}

function repairedFor(request: Body, failure: UpstreamFailure): Body | undefined {
  switch (failure.kind) {
    case "max-tokens-too-large":
      return limit(request, failure.limitTokens);
    case "output-overflow":
      return limit(request, roomForAnswer(failure));
    case "unsupported-parameter":
      return without(request, failure.parameter ?? "");
    case "invalid-request":
      return withoutThinkingFault(request, failure.message);
    default:
      return undefined;
  }
}

function limit(request: Body, tokens: number | undefined): Body | undefined {
  const config = bodyOf(request["inferenceConfig"]);
  if (tokens === undefined || tokens < 1 || Number(config["maxTokens"]) <= tokens) return undefined;
  return withBudgetBelow({ ...request, inferenceConfig: { ...config, maxTokens: tokens } }, tokens);
}

/** A thinking budget must stay under the limit; without room for one there is no thinking. */
function withBudgetBelow(request: Body, tokens: number): Body {
  const thinking = bodyOf(fieldsOf(request)["thinking"]);
  const budget = thinking["budget_tokens"];
  if (typeof budget !== "number" || budget < tokens) return request;
  if (tokens <= leastBudget) return withoutField(request, thinkingPath) ?? request;
  return withThinking(request, { ...thinking, budget_tokens: tokens - 1 });
}

function without(request: Body, field: string): Body | undefined {
  switch (field) {
    case "prefill":
      return endsWithAssistant(request) ? { ...request, messages: [...messagesOf(request), goOn] } : undefined;
    case "mixed":
      return unmixed(request);
    case "adaptive":
      return withKindOfThinking(request, "enabled");
    case "enabled":
      return withKindOfThinking(request, "adaptive");
    default:
      return withoutNamed(request, field);
  }
}

function withoutNamed(request: Body, field: string): Body | undefined {
  if (field === "" || essential.has(field)) return undefined;
  const path = pathSteps(field);
  if (path.includes("cachePoint")) return withoutBlocks(request, "cachePoint", sectionsOf(path));
  if (path.includes("reasoningContent")) return withoutBlocks(request, "reasoningContent", ["messages"]);
  if (path.includes("toolChoice") || field === "tool_choice")
    return withoutField(request, ["toolConfig", "toolChoice"]);
  if (path[0] === "thinking") return withoutField(request, thinkingPath);
  for (const place of placesOf(path)) {
    const found = withoutField(request, place);
    if (found !== undefined) return found;
  }
  return undefined;
}

const sections = ["system", "toolConfig", "messages"] as const;

/** The part of the request that a refusal names, else all of it. */
function sectionsOf(path: readonly string[]): readonly (typeof sections)[number][] {
  const named = sections.filter((section) => path[0] === section);
  return named.length === 0 ? sections : named;
}

/** Objects that hold fields of which each may be left out. */
const holders = ["additionalModelRequestFields", "outputConfig"];

function withoutField(request: Body, path: readonly string[]): Body | undefined {
  const left = withoutPath(request, path);
  const [holder = ""] = path;
  if (left === undefined || !holders.includes(holder) || Object.keys(bodyOf(left[holder])).length > 0) return left;
  return withoutPath(left, [holder]);
}

/** Where a field stands that is refused by its path, by its name in Converse, or by its name in the model's own dialect. */
function placesOf(path: readonly string[]): readonly (readonly string[])[] {
  const [first = "", ...rest] = path;
  const camel = [first.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), ...rest];
  return [
    path,
    ["inferenceConfig", ...camel],
    ["additionalModelRequestFields", ...path],
    ["toolConfig", "tools", "toolSpec", ...path.slice(-1)],
    ["outputConfig", ...camel],
  ];
}

// These are about one conversation, or one message of it, and teach nothing about the model.
function withoutThinkingFault(request: Body, message: string): Body | undefined {
  if (/invalid `?signature`? in `?thinking|thinking.{0,20}blocks?.{0,40}cannot be modified/is.test(message)) {
    return withoutBlocks(request, "reasoningContent", ["messages"]);
  }
  if (/expected `?(?:thinking|redacted_thinking)/i.test(message)) {
    return withoutField(request, thinkingPath);
  }
  return undefined;
}

function withKindOfThinking(request: Body, type: "adaptive" | "enabled"): Body | undefined {
  const { budget_tokens: _budget, ...thinking } = bodyOf(fieldsOf(request)["thinking"]);
  if (thinking["type"] === undefined || thinking["type"] === type) return undefined;
  if (type === "adaptive") return withThinking(request, { ...thinking, type });
  const room = Number(bodyOf(request["inferenceConfig"])["maxTokens"]) - 1;
  const budget = Math.min(defaultBudget, room);
  if (!(budget >= leastBudget)) return withoutField(request, thinkingPath);
  return withThinking(request, { ...thinking, type, budget_tokens: budget });
}

function withThinking(request: Body, thinking: Body): Body {
  return { ...request, additionalModelRequestFields: { ...fieldsOf(request), thinking } };
}

/** Parts messages in which words stand beside calls or results. */
function unmixed(request: Body): Body | undefined {
  const messages = messagesOf(request);
  const parted = messages.flatMap((message): readonly unknown[] => {
    const { role, content } = bodyOf(message);
    if (role !== "user" && role !== "assistant") return [message];
    return unmix({ role, content: listOf(content).filter(isRecord) });
  });
  return parted.length === messages.length ? undefined : { ...request, messages: parted };
}

function endsWithAssistant(request: Body): boolean {
  return bodyOf(messagesOf(request).at(-1))["role"] === "assistant";
}

function messagesOf(request: Body): readonly unknown[] {
  return listOf(request["messages"]);
}

function fieldsOf(request: Body): Body {
  return bodyOf(request["additionalModelRequestFields"]);
}

function bodyOf(value: unknown): Body {
  return isRecord(value) ? value : {};
}
