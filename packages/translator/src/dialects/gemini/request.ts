import { readModelName } from "../../conversation/read-model-name.ts";
import { reportFields } from "../../conversation/report-fields.ts";
import { TranslatorError } from "../../errors.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import type { Dropped } from "../dialect.ts";
import { encodeConversation } from "./contents.ts";
import type { GeminiRequest } from "./gemini-request.ts";
import { encodeGeneration } from "./generation-config.ts";
import type { GeminiProfile } from "./profile.ts";
import { GeminiScene } from "./scene.ts";
import { encodeTools, type OfferedGoogleSearch } from "./tools.ts";

/** A request in Gemini's dialect and what is needed to read its answer. */
export interface EncodedGemini {
  readonly body: GeminiRequest;
  readonly dropped: readonly Dropped[];
  /** The client's names of tools by their name on the wire; only those that differ are in it. */
  readonly toolNames: ReadonlyMap<string, string>;
  /** Stop sequences that Gemini was not told and that the reader of the answer must enforce. */
  readonly stopSequences: readonly string[];
  readonly search: OfferedGoogleSearch | undefined;
}

/**
 * Writes a Messages request as a request of generateContent, for a model of which `profile` tells what it takes. The
 * same request gives the same bytes, and one turn's bytes begin the next one's. Throws {@link TranslatorError} for a
 * file in Anthropic's store and for nesting without end; all else that cannot be said is in `dropped`.
 */
export function encodeGeminiRequest(request: MessagesRequest, model: string, profile: GeminiProfile): EncodedGemini {
  try {
    return encode(request, new GeminiScene(readModelName(model).name, profile));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TranslatorError("invalid-request", "The request body is nested too deeply", { cause: error });
  }
}

function encode(request: MessagesRequest, scene: GeminiScene): EncodedGemini {
  const tools = encodeTools(request, scene);
  const generation = encodeGeneration(request, tools.hasFunctions, scene);
  const { systemInstruction, contents } = encodeConversation(request, generation.instruction, scene);
  const body: GeminiRequest = {
    ...(systemInstruction === undefined ? {} : { systemInstruction }),
    ...tools.fields,
    generationConfig: generation.config,
    contents,
  };
  reportFields(request, scene);
  return {
    body,
    dropped: scene.drops.list(),
    toolNames: scene.names.renamed(),
    stopSequences: generation.localStop,
    search: tools.search,
  };
}
