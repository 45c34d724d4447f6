import { createKeyRing, createRouteTable, type KeyEntry } from "@drawbridge/governance";
import { hmacKeyHasher } from "@drawbridge/governance/node";
import { createProvider, type ConfiguredProvider, type ProviderParts } from "@drawbridge/providers";
import type { GatewayConfig } from "./config/gateway-config.ts";
import type { Snapshot } from "./services.ts";
import type { State } from "./state/state-directory.ts";

/** What a snapshot is built from. */
export interface SnapshotSource {
  readonly config: GatewayConfig;
  /** Holds the keys that were minted here. */
  readonly state: State;
  /** Providers that are not made from settings, such as the demo. */
  readonly builtIn: readonly ConfiguredProvider[];
}

/**
 * Turns a configuration into what an exchange reads. Opens no connection. Throws a ProviderSettingsError or
 * GovernanceError that names the setting at fault.
 */
export function buildSnapshot({ config, state, builtIn }: SnapshotSource, parts: ProviderParts): Snapshot {
  const made = Object.entries(config.providers).map(([name, settings]) => createProvider(name, settings, parts));
  const providers = [...made, ...builtIn];
  return Object.freeze({
    providers: new Map(providers.map((provider) => [provider.name, provider])),
    routes: createRouteTable({ models: config.models, providers }),
    keys: keyRing(config, state),
    bodyLimitBytes: config.server.bodyLimitBytes,
  });
}

/** Keys of the configuration, or else the ones minted here: a forgotten first key must not outlive the first configuration. */
function keyRing({ keys }: GatewayConfig, state: State): Snapshot["keys"] {
  const hasher = hmacKeyHasher(Buffer.from(state.hashKey, "base64url"));
  const configured: KeyEntry[] = keys.map(({ name, value, models }) => ({
    name,
    digest: hasher.digest(value.reveal()),
    policy: { models },
  }));
  return createKeyRing({ hasher, keys: configured.length > 0 ? configured : state.keys });
}
