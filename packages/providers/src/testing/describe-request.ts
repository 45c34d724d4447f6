import { fieldsIn, isFields, type Fields } from "./json-fields.ts";
import type { SeenRequest } from "./seen-request.ts";

/** What path, headers and body say of a request before any of it is checked. */
export type Described = Pick<SeenRequest, "operation" | "dialect" | "platform" | "stream" | "assistantTurns" | "model">;

interface Route extends Pick<Described, "operation" | "dialect"> {
  /** Its first group, where it has one, is the model. */
  readonly path: RegExp;
  readonly platform?: SeenRequest["platform"];
  /** Where the path decides and not the body. */
  readonly stream?: boolean;
}

const create = "create";
const messages = "anthropic-messages";
const routes: readonly Route[] = [
  { path: /\/chat\/completions$/, operation: create, dialect: "openai-chat" },
  { path: /\/responses$/, operation: create, dialect: "openai-responses" },
  { path: /\/messages$/, operation: create, dialect: "anthropic-messages" },
  { path: /\/messages\/count_tokens$/, operation: "count-tokens", dialect: "anthropic-messages" },
  { path: /\/models\/([^/]+):generateContent$/, operation: create, dialect: "gemini", stream: false },
  { path: /\/models\/([^/]+):streamGenerateContent$/, operation: create, dialect: "gemini", stream: true },
  { path: /\/model\/([^/]+)\/converse$/, operation: create, dialect: "bedrock-converse", stream: false },
  { path: /\/model\/([^/]+)\/converse-stream$/, operation: create, dialect: "bedrock-converse", stream: true },
  { path: /\/model\/([^/]+)\/invoke$/, operation: create, dialect: messages, platform: "invoke-model", stream: false },
  {
    path: /\/model\/([^/]+)\/invoke-with-response-stream$/,
    operation: create,
    dialect: messages,
    platform: "invoke-model",
    stream: true,
  },
  { path: /\/model\/([^/]+)\/count-tokens$/, operation: "count-tokens", dialect: "bedrock-converse", stream: false },
  { path: /\/models\/count-tokens:rawPredict$/, operation: "count-tokens", dialect: messages, platform: "raw-predict" },
  {
    path: /\/models\/([^/]+):rawPredict$/,
    operation: create,
    dialect: messages,
    platform: "raw-predict",
    stream: false,
  },
  {
    path: /\/models\/([^/]+):streamRawPredict$/,
    operation: create,
    dialect: messages,
    platform: "raw-predict",
    stream: true,
  },
  { path: /\/foundation-models$/, operation: "models", dialect: "bedrock-converse" },
  { path: /\/models(\/.*)?$/, operation: "models", dialect: "openai-chat" },
];
const elsewhere: Route = { path: /^/, operation: "other", dialect: "openai-chat" };

/** Reads what can be read of a request, whatever stands before the part of the path that its dialect knows. */
export function describeRequest(path: string, headers: SeenRequest["headers"], body: unknown): Described {
  const [bare = ""] = path.split("?");
  const route = routes.find((one) => one.path.test(bare)) ?? elsewhere;
  const [, named] = route.path.exec(bare) ?? [];
  const { stream, model } = isFields(body) ? body : {};
  return {
    operation: route.operation,
    dialect: dialectBy(headers) ?? route.dialect,
    platform: route.platform,
    stream: route.stream ?? stream === true,
    model: route.stream === undefined ? textOf(model) : decodeURIComponent(named ?? ""),
    assistantTurns: turnsIn(body),
  };
}

/** The lists of models have one path for several vendors. */
function dialectBy(headers: SeenRequest["headers"]): "anthropic-messages" | "gemini" | undefined {
  if (headers["anthropic-version"] !== undefined) return "anthropic-messages";
  return headers["x-goog-api-key"] === undefined ? undefined : "gemini";
}

/** A turn of the Responses API may be several items in a row. */
function turnsIn(body: unknown): number {
  if (!isFields(body)) return 0;
  const entries = fieldsIn(body["messages"] ?? body["contents"] ?? body["input"]);
  const chat = body["messages"] !== undefined;
  return entries.filter((entry, at) => isOfModel(entry) && (chat || !isOfModel(entries[at - 1]))).length;
}

function isOfModel(entry: Fields | undefined): boolean {
  if (entry === undefined) return false;
  const { role, type } = entry;
  return role === "assistant" || role === "model" || type === "reasoning" || textOf(type).endsWith("_call");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
