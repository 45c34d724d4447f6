import type { RouteLink } from "@drawbridge/governance";
import type { Snapshot } from "../services.ts";
import type { Target } from "./admit.ts";

/** The targets of a link, which names only providers of its own snapshot. */
export function targetsOf({ order, targets }: RouteLink, { providers, models }: Snapshot): Target[] {
  return targets.flatMap(({ provider: name, model, weight }): Target[] => {
    const provider = providers.get(name);
    if (provider === undefined) return [];
    if (order !== "price") return [{ provider, model, weight }];
    const rates = models.priceOf(provider, model, Date.now())?.bands[0].rates;
    // Which of the two counts more depends on the conversation; their sum orders models well enough.
    return [{ provider, model, weight, price: rates && rates.input + rates.output }];
  });
}
