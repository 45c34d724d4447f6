import type { PriceRow } from "@drawbridge/providers/models";
import type { Snapshot } from "../services.ts";
import type { Target } from "./admit.ts";
import type { KnownPlace } from "./request-bound.ts";

/** Prices that change do so while a request runs; none runs longer than this before its last attempt begins. */
const priceHorizonMs = 600_000;

/** What is known of a target, with what it costs now, and at the latest that it can be asked, in each of its regions. */
export function knownPlace(
  { models }: Pick<Snapshot, "models">,
  { provider, model }: Target,
  nowMs: number,
): KnownPlace {
  const prices: PriceRow[] = [];
  for (const owner of provider.owners) {
    const now = models.priceOf(owner, model, nowMs);
    const later = models.priceOf(owner, model, nowMs + priceHorizonMs);
    if (now === undefined || later === undefined) return { facts: models.factsOf(provider, model), prices: [] };
    prices.push(now);
    if (later !== now) prices.push(later);
  }
  return { facts: models.factsOf(provider, model), prices };
}

/** Why a request cannot go to places that nobody has priced, where money is limited. */
export function unpricedReason(targets: readonly Target[], keyName: string): string {
  const names = new Set(targets.map(({ provider, model }) => `"${provider.name}/${model}"`));
  return (
    `Nobody has said what ${[...names].join(" and ")} costs, and what key "${keyName}" spends is limited. ` +
    'Ask whoever runs Drawbridge to add it under "prices" in the configuration; 0 is a price too.'
  );
}
