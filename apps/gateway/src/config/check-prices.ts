import { globProblem } from "@drawbridge/governance";
import { didYouMean, type Finding, shown } from "./explain-issues.ts";

/** What is wrong with the patterns of `prices`, beside providers of these names; no names when none are configured. */
export function checkPrices(patterns: readonly string[], providers: readonly string[]): readonly Finding[] {
  return patterns.flatMap((pattern): Finding[] => {
    const path = ["prices", pattern];
    const wrong = patternProblem(pattern, providers);
    return wrong === undefined ? [] : [{ path, message: `${shown(pattern, path)} ${wrong}`, atKey: true }];
  });
}

function patternProblem(pattern: string, providers: readonly string[]): string | undefined {
  const wrongGlob = globProblem(pattern);
  if (wrongGlob !== undefined) return wrongGlob;
  const [provider = "", ...model] = pattern.split("/");
  if (model.length === 0) return "names no model; wanted provider/model, in which * stands for any characters";
  if (provider.includes("*") || providers.length === 0 || providers.includes(provider)) return undefined;
  return `is of no provider here${didYouMean(provider, providers) || `; known are ${providers.join(", ")}`}`;
}
