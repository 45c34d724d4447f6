import type { Governed, KeyHasher } from "@drawbridge/governance";
import { directoryRules } from "./declared-directory.ts";
import type { GatewayConfig } from "./gateway-config.ts";

/** What a configuration declares of what is governed. Keys are there by their digests. */
export function declaredGoverned({ directory, rules }: GatewayConfig, hasher: KeyHasher): Governed {
  const { providers = [], ...levels } = directoryRules(directory, (value) => hasher.digest(value));
  // A provider is governed where it has limits; that it exists is for each gateway's own configuration to say.
  const limited = providers.filter(({ limits = [] }) => limits.length > 0);
  return { directory: { ...levels, providers: limited }, rules };
}
