import type { ModelRoute } from "@drawbridge/governance";
import type { FoundProvider } from "./find-providers.ts";

/**
 * Routes for the names that Claude Code asks for by itself, when nobody has configured any. Anthropic's own provider
 * serves them under their names; else the first provider found serves large and small tiers with its own models.
 */
export function tierRoutes(found: readonly Pick<FoundProvider, "name" | "tiers">[]): readonly ModelRoute[] {
  if (found.some(({ name }) => name === "anthropic")) return [];
  const first = found.find(({ tiers }) => tiers !== undefined);
  if (first?.tiers === undefined) return [];
  const { name, tiers } = first;
  const to = (model: string): ModelRoute["chain"] => [{ targets: [{ target: `${name}/${model}` }] }];
  return [
    { match: "claude-haiku-*", chain: to(tiers.small) },
    { match: "claude-3-5-haiku-*", chain: to(tiers.small) },
    { match: "claude-opus-*", chain: to(tiers.large) },
    { match: "claude-sonnet-*", chain: to(tiers.large) },
    { match: "claude-fable-*", chain: to(tiers.large) },
    { match: "claude-3-*", chain: to(tiers.large) },
  ];
}
