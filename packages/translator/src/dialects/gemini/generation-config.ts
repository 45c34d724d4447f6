import { splitStop } from "../../conversation/split-stop.ts";
import { takeSampling } from "../../conversation/take-sampling.ts";
import { wantedFormat } from "../../conversation/wanted-format.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import type { GeminiGenerationConfig } from "./gemini-request.ts";
import { openApiSchema } from "./openapi-schema.ts";
import { reasons } from "./reasons.ts";
import type { GeminiScene } from "./scene.ts";
import { encodeThinking } from "./thinking.ts";

/** Source: ai.google.dev, "Generate content", GenerationConfig: "up to 5". */
const maxStopSequences = 5;

/** How the answer is to be generated, and what of it must be said or done elsewhere. */
export interface EncodedGeneration {
  readonly config: GeminiGenerationConfig;
  /** Stop sequences that Gemini was not told. */
  readonly localStop: readonly string[];
  /** A sentence for the system prompt, where a schema cannot be sent. */
  readonly instruction: string | undefined;
}

/** Writes limits, sampling, thinking and the schema of the answer. */
export function encodeGeneration(
  request: MessagesRequest,
  hasFunctions: boolean,
  scene: GeminiScene,
): EncodedGeneration {
  const stop = splitStop(request, maxStopSequences, scene);
  const sampling = takeSampling(request, { sampling: true, topK: true }, scene);
  const thinkingConfig = encodeThinking(request, scene);
  const { fields, instruction } = encodeFormat(request, hasFunctions, scene);
  return {
    config: {
      maxOutputTokens: limit(request, scene),
      ...(sampling.temperature === undefined ? {} : { temperature: sampling.temperature }),
      ...(sampling.top_p === undefined ? {} : { topP: sampling.top_p }),
      ...(sampling.top_k === undefined ? {} : { topK: sampling.top_k }),
      ...(stop.sent.length > 0 ? { stopSequences: stop.sent } : {}),
      ...(thinkingConfig === undefined ? {} : { thinkingConfig }),
      ...fields,
    },
    localStop: stop.local,
    instruction,
  };
}

function limit(request: MessagesRequest, { profile, drops }: GeminiScene): number {
  const tokens = Math.max(1, Math.min(request.max_tokens, profile.maxOutputTokens));
  if (tokens !== request.max_tokens) drops.add("max_tokens", reasons.maxTokens);
  return tokens;
}

interface EncodedFormat {
  readonly fields: Pick<GeminiGenerationConfig, "responseMimeType" | "responseJsonSchema" | "responseSchema">;
  readonly instruction: string | undefined;
}

function encodeFormat(request: MessagesRequest, hasFunctions: boolean, scene: GeminiScene): EncodedFormat {
  const schema = wantedFormat(request, true, scene);
  if (schema === undefined) return { fields: {}, instruction: undefined };
  const responseMimeType = "application/json";
  if (hasFunctions && !scene.profile.formatBesideFunctions) {
    scene.drops.add("output_config.format", reasons.formatBesideFunctions);
    const text = `Answer with nothing but JSON that follows this JSON Schema:\n${JSON.stringify(schema)}`;
    return { fields: {}, instruction: text };
  }
  if (scene.profile.schemas === "json-schema")
    return { fields: { responseMimeType, responseJsonSchema: schema }, instruction: undefined };
  scene.drops.add("output_config.format.schema", reasons.simplifiedSchema);
  return { fields: { responseMimeType, responseSchema: openApiSchema(schema) }, instruction: undefined };
}
