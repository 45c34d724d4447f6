/** A model's name as the provider knows it, and what was asked for with it. */
export interface ModelName {
  readonly name: string;
  /** True for a model that is asked for with its context of a million tokens. */
  readonly longContext: boolean;
}

/** The beta that gives a model of Anthropic's its long context. Source: Anthropic docs, "Context windows". */
export const longContextBeta = "context-1m-2025-08-07";

const mark = /\[1m\]$/i;

/** Takes `[1m]` from the end of a name, which is how Claude Code writes the long context and no provider knows it. */
export function readModelName(name: string): ModelName {
  // Nearly no name ends so.
  const longContext = name.endsWith("]") && mark.test(name);
  return { name: longContext ? name.replace(mark, "") : name, longContext };
}
