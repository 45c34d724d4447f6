import { conditionProblem } from "@drawbridge/governance";
import type { Finding } from "./explain-issues.ts";
import type { Outline } from "./outline.ts";
import { targetProblem } from "./target-problem.ts";

/** What rules must be to each other and to the providers, and whether their conditions make sense. */
export function checkRules({ rules, providers }: Outline): readonly Finding[] {
  const names = providers.map(({ name }) => name);
  const seen = new Map<string, number>();
  return rules.flatMap(({ index, name, when, targets, actions }): Finding[] => {
    const path = ["rules", index];
    const findings: Finding[] = [];
    const earlier = name === undefined ? undefined : seen.get(name);
    if (name !== undefined && earlier === undefined) seen.set(name, index);
    if (earlier !== undefined) {
      const message = `the same as in rules[${earlier}]; each rule needs its own name`;
      findings.push({ path: [...path, "name"], message, tellsNoValue: true });
    }
    const wrong = when === undefined || when === "" ? undefined : conditionProblem(when, { providers: names });
    if (wrong !== undefined) findings.push({ path: [...path, "when"], message: wrong });
    for (const { path: at, target } of targets) {
      const problem = target === "" ? undefined : targetProblem(target, names);
      if (problem !== undefined) findings.push({ path: at, message: problem });
    }
    const odd = actionsProblem(actions);
    return odd === undefined ? findings : [...findings, { path, message: odd, tellsNoValue: true }];
  });
}

function actionsProblem(actions: readonly string[]): string | undefined {
  if (actions.length === 0) return "does nothing; wanted at least one of route, refuse, tag and maxTokens";
  const both = actions.includes("route") && actions.includes("refuse");
  return both ? "has both route and refuse; wanted one of the two" : undefined;
}
