import { qualifiesForStrict } from "../../conversation/schema.ts";
import { sessionKey } from "../../conversation/session-key.ts";
import { wantedFormat } from "../../conversation/wanted-format.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import type { ChatRequest } from "./chat-request.ts";
import { reasons } from "./reasons.ts";
import type { ChatScene } from "./scene.ts";

type LimitFields = Pick<ChatRequest, "max_tokens" | "max_completion_tokens">;

/** Writes `max_tokens` under the name the server has for it, within the range it takes. */
export function encodeLimit(request: MessagesRequest, scene: ChatScene): LimitFields {
  const { min, max } = scene.profile.maxTokensRange;
  const limit = Math.min(Math.max(request.max_tokens, min), max);
  if (limit !== request.max_tokens) scene.drops.add("max_tokens", reasons.maxTokens);
  return scene.profile.maxTokensField === "max_tokens" ? { max_tokens: limit } : { max_completion_tokens: limit };
}

/** Writes a JSON schema for the answer. Strict mode only where the schema means the same in it. */
export function encodeFormat(request: MessagesRequest, scene: ChatScene): Pick<ChatRequest, "response_format"> {
  const schema = wantedFormat(request, scene.profile.structuredOutput, scene);
  if (schema === undefined) return {};
  const strict = qualifiesForStrict(schema);
  return {
    response_format: {
      type: "json_schema",
      json_schema: { name: "structured_output", schema, ...(strict ? { strict } : {}) },
    },
  };
}

/** A key by which the server routes one session's requests to one cache; OpenAI takes 64 characters. */
export function encodeCacheKey(request: MessagesRequest, scene: ChatScene): Pick<ChatRequest, "prompt_cache_key"> {
  const key = scene.profile.promptCacheKey ? sessionKey(request) : undefined;
  return key === undefined ? {} : { prompt_cache_key: key };
}
