import { describeProblem } from "../../json/problem.ts";

/** A problem with its path as OpenAI prints paths: `messages[1].content: Input should be a valid string`. */
export function describeOpenAiProblem({ path, message }: { readonly path: string; readonly message: string }): string {
  return describeProblem({ path: path.replaceAll(/\.(\d+)(?=\.|$)/g, "[$1]"), message });
}
