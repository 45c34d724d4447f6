import type { MessagesRequest } from "../messages/request.ts";
import { reasons } from "./reasons.ts";
import type { Scene } from "./scene.ts";

/** Which sampling parameters a model takes. */
export interface SamplingRules {
  /** False when it takes neither of the three. */
  readonly sampling: boolean;
  readonly topK: boolean;
}

/** Sampling parameters under their names in the Messages API. */
export interface Sampling {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
}

/** Gives temperature, top_p and top_k where the model takes them, and reports those that it does not. */
export function takeSampling(request: MessagesRequest, rules: SamplingRules, scene: Scene): Sampling {
  const refusal = rules.sampling ? undefined : reasons.sampling;
  return {
    ...parameter(request, "temperature", { scene, refusal }),
    ...parameter(request, "top_p", { scene, refusal }),
    ...parameter(request, "top_k", { scene, refusal: refusal ?? (rules.topK ? undefined : reasons.topK) }),
  };
}

interface Taking {
  readonly scene: Scene;
  /** Why the parameter is not sent; undefined when it is. */
  readonly refusal: string | undefined;
}

function parameter(request: MessagesRequest, name: keyof Sampling, taking: Taking): Sampling {
  const value = request[name];
  if (typeof value !== "number") return {};
  if (taking.refusal === undefined) return { [name]: value };
  taking.scene.drops.add(name, taking.refusal);
  return {};
}
