import { isRecord } from "../../json/is-record.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import type { ChatRequest, ChatResponseFormat } from "./chat-request.ts";
import { reasons } from "./reasons.ts";
import type { Scene } from "./scene.ts";
import { functionParameters, qualifiesForStrict } from "./schema.ts";
import { sha256 } from "./sha256.ts";

/** The fields of a Messages request that are written, or reported, by name. */
const knownFields = new Set([
  "model",
  "messages",
  "max_tokens",
  "system",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "output_format",
  "stop_sequences",
  "stream",
  "temperature",
  "top_p",
  "top_k",
  "metadata",
]);

const fieldReasons: Readonly<Record<string, string>> = {
  cache_control: reasons.cacheControl,
  context_management: reasons.contextManagement,
  service_tier: reasons.serviceTier,
  safeguards: reasons.safeguards,
  mcp_servers: reasons.mcpServers,
  ...Object.fromEntries(
    ["speed", "container", "inference_geo", "fallbacks", "fallback_credit_token", "betas", "compaction", "thread"].map(
      (field) => [field, reasons.anthropicOnly],
    ),
  ),
};

type LimitFields = Pick<ChatRequest, "max_tokens" | "max_completion_tokens">;
type SamplingFields = Pick<ChatRequest, "temperature" | "top_p" | "top_k">;

/** Writes `max_tokens` under the name the server has for it, within the range it takes. */
export function encodeLimit(request: MessagesRequest, scene: Scene): LimitFields {
  const { min, max } = scene.profile.maxTokensRange;
  const limit = Math.min(Math.max(request.max_tokens, min), max);
  if (limit !== request.max_tokens) scene.drops.add("max_tokens", reasons.maxTokens);
  return scene.profile.maxTokensField === "max_tokens" ? { max_tokens: limit } : { max_completion_tokens: limit };
}

/** Writes temperature, top_p and top_k where the model takes them. */
export function encodeSampling(request: MessagesRequest, scene: Scene): SamplingFields {
  const { sampling, topK } = scene.profile;
  const refusal = sampling ? undefined : reasons.sampling;
  return {
    ...parameter(request, "temperature", { scene, refusal }),
    ...parameter(request, "top_p", { scene, refusal }),
    ...parameter(request, "top_k", { scene, refusal: refusal ?? (topK ? undefined : reasons.topK) }),
  };
}

interface Taking {
  readonly scene: Scene;
  /** Why the parameter is not sent; undefined when it is. */
  readonly refusal: string | undefined;
}

function parameter(request: MessagesRequest, name: keyof SamplingFields, taking: Taking): SamplingFields {
  const value = request[name];
  if (typeof value !== "number") return {};
  if (taking.refusal === undefined) return { [name]: value };
  taking.scene.drops.add(name, taking.refusal);
  return {};
}

/** Which stop sequences the server is told, and which are left to whoever reads the answer. */
export interface EncodedStop {
  readonly sent: readonly string[];
  readonly local: readonly string[];
}

/** Splits the stop sequences; none is lost. Source of the usual limit of four: `stop` in openai-node. */
export function encodeStop(request: MessagesRequest, scene: Scene): EncodedStop {
  const all = request.stop_sequences ?? [];
  const usable = all.filter((sequence) => sequence !== "");
  if (usable.length < all.length) scene.drops.add("stop_sequences", reasons.emptyStop);
  const limit = scene.profile.sampling ? scene.profile.maxStopSequences : 0;
  return { sent: usable.slice(0, limit), local: usable.slice(limit) };
}

/** Writes a JSON schema for the answer. Strict mode only where the schema means the same in it. */
export function encodeFormat(request: MessagesRequest, scene: Scene): Pick<ChatRequest, "response_format"> {
  const legacy = request["output_format"];
  const format: unknown = request.output_config?.format ?? legacy;
  if (!isRecord(format)) return {};
  if (format["type"] !== "json_schema" || !scene.profile.structuredOutput) {
    scene.drops.add(format === legacy ? "output_format" : "output_config.format", reasons.structuredOutput);
    return {};
  }
  const wanted = format["schema"];
  const schema = isRecord(wanted) ? withoutDraft(wanted) : functionParameters(wanted);
  const strict = qualifiesForStrict(schema);
  const response: ChatResponseFormat = {
    type: "json_schema",
    json_schema: { name: "structured_output", schema, ...(strict ? { strict } : {}) },
  };
  return { response_format: response };
}

function withoutDraft({ $schema: _draft, ...schema }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return schema;
}

/**
 * A key by which the server routes one session's requests to one cache: a hash, as the session's id is nobody's
 * business, of 64 characters, the most OpenAI takes.
 */
export function encodeCacheKey(request: MessagesRequest, scene: Scene): Pick<ChatRequest, "prompt_cache_key"> {
  const userId = request.metadata?.user_id;
  if (!scene.profile.promptCacheKey || typeof userId !== "string" || userId === "") return {};
  return { prompt_cache_key: sha256(sessionOf(userId)) };
}

/** Claude Code writes JSON with a `session_id`; before, it wrote `user_…_session_<uuid>`. */
function sessionOf(userId: string): string {
  if (!userId.startsWith("{")) return userId;
  try {
    const value: unknown = JSON.parse(userId);
    const session = isRecord(value) ? value["session_id"] : undefined;
    return typeof session === "string" ? session : userId;
  } catch {
    return userId;
  }
}

/** Reports every field that no part of the encoding reads. */
export function reportFields(request: MessagesRequest, { drops }: Scene): void {
  for (const field in request) {
    const value = request[field];
    if (knownFields.has(field) || value === undefined || value === null) continue;
    drops.add(field, fieldReasons[field] ?? reasons.unknownField);
  }
  for (const key in request.metadata) {
    drops.add(`metadata.${key}`, key === "user_id" ? reasons.userId : reasons.metadata);
  }
  for (const key in request.output_config) {
    if (key !== "effort" && key !== "format") drops.add(`output_config.${key}`, reasons.anthropicOnly);
  }
}
