import type { Policy, RouteLink } from "@drawbridge/governance";
import type { Provider } from "@drawbridge/providers";
import type { Snapshot } from "../services.ts";
import type { Target } from "./admit.ts";

/** The targets of a link, which names only providers of its own snapshot, for a key under these policies. */
export function targetsOf(
  { order, targets }: RouteLink,
  { providers, models }: Snapshot,
  policies: readonly Policy[],
): Target[] {
  return targets.flatMap(({ provider: name, model, weight }): Target[] => {
    const provider = providers.get(name);
    if (provider === undefined) return [];
    const target = { provider, model, weight, ...confinement(policies, provider) };
    if (order !== "price") return [target];
    const rates = models.priceOf(provider, model, Date.now())?.bands[0].rates;
    // Which of the two counts more depends on the conversation; their sum orders models well enough.
    return [{ ...target, price: rates && rates.input + rates.output }];
  });
}

/** A provider in a region that the key may use can have credentials in others. */
function confinement(policies: readonly Policy[], { region: own }: Provider): Pick<Target, "permits"> {
  const confining = policies.filter(({ regions }) => regions.length > 0);
  if (confining.length === 0) return {};
  return {
    permits: ({ region = own }) =>
      region !== undefined && confining.every(({ regions }) => regions.some((glob) => glob.matches(region))),
  };
}
