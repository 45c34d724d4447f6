import type { Policy, RouteLink } from "@drawbridge/governance";
import type { Credential, Provider } from "@drawbridge/providers";
import type { Snapshot } from "../services.ts";
import type { Target } from "./admit.ts";

/** The targets of a link, which names only providers of its own snapshot, for a key under these policies. */
export function targetsOf(
  { order, targets }: RouteLink,
  { providers, models }: Snapshot,
  policies: readonly Policy[],
): Target[] {
  const found: Target[] = [];
  for (const { provider: name, model, weight } of targets) {
    const provider = providers.get(name);
    if (provider === undefined) continue;
    const rates = order === "price" ? models.priceOf(provider, model, Date.now())?.bands[0].rates : undefined;
    // Which of the two counts more depends on the conversation; their sum orders models well enough.
    const price = rates && rates.input + rates.output;
    const permits = confinement(policies, provider);
    found.push(
      permits === undefined ? { provider, model, weight, price } : { provider, model, weight, price, permits },
    );
  }
  return found;
}

/** A provider in a region that the key may use can have credentials in others. */
function confinement(
  policies: readonly Policy[],
  { region: own }: Provider,
): ((credential: Credential) => boolean) | undefined {
  const confining = policies.filter(({ regions }) => regions.length > 0);
  if (confining.length === 0) return undefined;
  return ({ region = own }) =>
    region !== undefined && confining.every(({ regions }) => regions.some((glob) => glob.matches(region)));
}
