import type { Dropped } from "../dialect.ts";
import type { MessagesPlatform } from "./platform.ts";

/** The betas that a platform is told, by its own names, and those that it is not. */
export function chooseBetas(
  asked: readonly string[],
  { title, betas: rules }: MessagesPlatform,
): { readonly betas: readonly string[]; readonly dropped: readonly Dropped[] } {
  if (rules === undefined) return { betas: asked, dropped: [] };
  const { allowed, refused, aliases } = rules;
  const betas = new Set<string>();
  const dropped: Dropped[] = [];
  for (const name of asked) {
    const named = Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name;
    const taken = (allowed === undefined || allowed.has(named)) && refused?.has(named) !== true;
    if (taken) betas.add(named);
    else dropped.push({ path: `anthropic-beta: ${name}`, reason: `${title} does not take this beta` });
  }
  return { betas: [...betas], dropped };
}
