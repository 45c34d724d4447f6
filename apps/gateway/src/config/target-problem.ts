import { nearestNames, splitTarget } from "@drawbridge/governance";
import { didYouMean, shown } from "./explain-issues.ts";

/** What is wrong with a target, given the names of the providers; undefined when nothing is. */
export function targetProblem(target: string, names: readonly string[]): string | undefined {
  const quoted = shown(target, []);
  const parts = splitTarget(target);
  if (parts === undefined) return `${quoted} is not possible; wanted provider/model${addressHint(target, names)}`;
  if (target.includes("*")) return `${quoted} names no single model; a target takes no *`;
  if (names.includes(parts.provider)) return undefined;
  const known = names.length === 0 ? `list it under "providers" first` : `known are ${names.join(", ")}`;
  return `${quoted}: there is no provider "${parts.provider}"${didYouMean(parts.provider, names) || `; ${known}`}`;
}

function addressHint(target: string, names: readonly string[]): string {
  const [near = names[0]] = nearestNames(target, names, 1);
  return near === undefined ? "" : `, such as ${near}/${target === near ? "model-name" : target.replaceAll("/", "")}`;
}
