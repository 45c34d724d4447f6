import { knownModels } from "./known-models.ts";
import type { ModelFacts } from "./facts.ts";
import { plainName } from "./plain-name.ts";

/** As much of a kind of provider as facts depend on; entries of the catalogue fit. */
export interface ModelHost {
  /** True for servers on one's own machine, which are started with a context window of their own. */
  readonly local?: true;
}

/** What the line of models is known to do that a name belongs to, as the provider writes it; empty for an unknown one. */
export function modelFacts({ local }: ModelHost, model: string): ModelFacts {
  const name = plainName(model);
  let facts: ModelFacts = {};
  for (const { match, facts: more } of knownModels) if (match.test(name)) facts = { ...facts, ...more };
  return local === true ? { ...facts, ...ownSizes } : facts;
}

const ownSizes = { contextWindow: undefined, maxInputTokens: undefined, maxOutputTokens: undefined };
