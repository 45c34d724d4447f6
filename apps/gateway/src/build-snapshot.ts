import { compileRules, createRouteTable, type RouteProvider } from "@drawbridge/governance";
import { createProvider, type Provider, type ProviderParts } from "@drawbridge/providers";
import { createModelBook, type PriceList } from "@drawbridge/providers/models";
import type { GatewayConfig } from "./config/gateway-config.ts";
import { createWebSearch } from "./search/create-web-search.ts";
import { governedSnapshot, type GovernedSource, type SnapshotBase } from "./governed-snapshot.ts";
import type { Snapshot } from "./services.ts";

/** What a snapshot is built from. */
export interface SnapshotSource {
  /** Who there is. */
  readonly live: GovernedSource;
  readonly config: GatewayConfig;
  readonly prices: PriceList;
  /** Providers that are not made from settings, such as the demo. */
  readonly builtIn: readonly Provider[];
  /** Takes why a web search failed; never a secret. */
  readonly onSearchFailure: (reason: string) => void;
}

/**
 * Turns a configuration into what an exchange reads. Opens no connection. Throws a ProviderSettingsError or
 * GovernanceError that names the setting at fault.
 */
export function buildSnapshot(source: SnapshotSource, parts: ProviderParts): Snapshot {
  const { config, prices, builtIn, onSearchFailure: onFailure } = source;
  const made = Object.entries(config.providers).map(([name, settings]) => createProvider(name, settings, parts));
  const providers = [...made, ...builtIn];
  const routes = createRouteTable({ models: config.models, providers: providers.map(routed) });
  // A file with a rule that is wrong is refused; of what was stored before, such a rule is left out.
  compileRules(config.rules, { routes, ...config.routing.rules });
  const base: SnapshotBase = {
    providers: new Map(providers.map((provider) => [provider.name, provider])),
    routes,
    ruleSettings: config.routing.rules,
    terms: { mode: config.limits.hold, whenSpent: config.limits.whenSpent },
    models: createModelBook({ prices, overrides: config.prices }),
    trustedProxies: config.server.trustedProxies,
    bodyLimitBytes: config.server.bodyLimitBytes,
    deadlineMs: config.routing.deadlineMs,
    search: config.search && createWebSearch(config.search, { transport: parts.transport, onFailure }),
  };
  return governedSnapshot(base, source.live);
}

/** A provider as routing sees it; its list of models stays the living one. */
function routed(provider: Provider): RouteProvider {
  return {
    name: provider.name,
    kind: provider.entry.id,
    region: provider.region,
    knows: (model) => provider.knows(model),
    get models() {
      return provider.models;
    },
  };
}
