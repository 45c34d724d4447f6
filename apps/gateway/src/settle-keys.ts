import { createKey, isGovernanceError, mintKey } from "@drawbridge/governance";
import type { StartKey } from "./cli/welcome.ts";
import type { GatewayConfig } from "./config/gateway-config.ts";
import { explainedAsync, StartError } from "./start-error.ts";
import type { Storage } from "./storage/storage.ts";

/** What is known of keys when a gateway starts. */
export interface KeyOptions {
  readonly storage: Storage;
  readonly random: (bytes: number) => Uint8Array;
  readonly config: GatewayConfig;
  /** True when another key was asked for. */
  readonly newKey: boolean;
}

/** Sees to it that there is a virtual key: the configured ones, an earlier one, or one minted now. */
export async function settleKeys({ config, newKey, storage, random }: KeyOptions): Promise<StartKey> {
  const configured = config.directory.keys.map(({ name }) => name);
  if (configured.length > 0) {
    if (!newKey) return { kind: "configured", names: configured };
    throw new StartError(
      '--new-key mints keys for a gateway without configured ones; add this one under "keys" instead',
    );
  }
  const { directory, place } = storage;
  return explainedAsync(async () => {
    const keys = await directory.entries("key");
    const earlier = keys.filter(({ managedBy }) => managedBy !== "file").length;
    if (earlier > 0 && !newKey) return { kind: "earlier", place };
    return (await minted(storage, random, earlier + 1)) ?? { kind: "earlier", place };
  });
}

/** Mints `first`, then `key-2`, `key-3`, …; undefined when another gateway that starts now has minted the first. */
async function minted(
  { directory, hasher }: Storage,
  random: KeyOptions["random"],
  number: number,
): Promise<StartKey | undefined> {
  const value = mintKey(random);
  for (let at = number; ; at++) {
    const name = at === 1 ? "first" : `key-${at}`;
    try {
      await directory.change("start", createKey({ name, digest: hasher.digest(value) }, "start"));
      return { kind: "minted", name, value };
    } catch (error) {
      if (!isGovernanceError(error) || error.code !== "entry-exists") throw error;
      if (at === 1) return undefined;
    }
  }
}
