import { longContextBeta, readModelName } from "../../conversation/read-model-name.ts";
import { splitStop } from "../../conversation/split-stop.ts";
import { takeSampling, type Sampling } from "../../conversation/take-sampling.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import type { ConverseRequest, ModelFields } from "./converse-request.ts";
import type { EncodedReasoning } from "./reasoning.ts";
import { reasons } from "./reasons.ts";
import type { ConverseScene } from "./scene.ts";

/** What the parameters of a request depend on. */
export interface ParameterFacts {
  readonly model: string;
  readonly reasoning: EncodedReasoning;
  readonly scene: ConverseScene;
}

type Parameters = Pick<
  ConverseRequest,
  "inferenceConfig" | "additionalModelRequestFields" | "additionalModelResponseFieldPaths"
>;

/** Writes limits, sampling and stop sequences, and what goes to the model under its own names. */
export function encodeParameters(request: MessagesRequest, { model, reasoning, scene }: ParameterFacts): Parameters {
  const { top_k: topK, temperature, top_p: topP } = sampling(request, reasoning.thinks, scene);
  // Claude refuses blank ones; whoever reads the answer looks for all of them anyway.
  const stop = splitStop(request, Number.MAX_SAFE_INTEGER, scene).sent.filter((sequence) => /\S/.test(sequence));
  const fields: ModelFields = {
    ...reasoning.fields,
    ...(topK === undefined ? {} : topKField(topK, scene)),
    ...(scene.profile.nativeReasoning && readModelName(model).longContext ? { anthropic_beta: [longContextBeta] } : {}),
  };
  return {
    inferenceConfig: {
      maxTokens: request.max_tokens,
      ...(temperature === undefined ? {} : { temperature }),
      ...(topP === undefined ? {} : { topP }),
      ...(stop.length === 0 ? {} : { stopSequences: stop }),
    },
    ...(Object.keys(fields).length === 0 ? {} : { additionalModelRequestFields: fields }),
    ...(stop.length > 0 && scene.profile.tellsStopSequence
      ? { additionalModelResponseFieldPaths: ["/stop_sequence"] }
      : {}),
  };
}

function topKField(topK: number, { profile }: ConverseScene): ModelFields {
  return profile.topK === "top_k" ? { top_k: topK } : { inferenceConfig: { topK } };
}

function sampling(request: MessagesRequest, thinks: boolean, scene: ConverseScene): Sampling {
  const { sampling: rule, topK, nativeReasoning } = scene.profile;
  const taken = takeSampling(request, { sampling: rule !== "none", topK: topK !== undefined }, scene);
  if (nativeReasoning && thinks) {
    for (const name of Object.keys(taken)) scene.drops.add(name, reasons.samplingAndThinking);
    return {};
  }
  if (rule !== "one" || taken.temperature === undefined || taken.top_p === undefined) return taken;
  scene.drops.add("top_p", reasons.oneOfTwo);
  const { top_p: _dropped, ...rest } = taken;
  return rest;
}
