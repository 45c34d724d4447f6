import { randomBytes } from "node:crypto";
import type { StartKey } from "./cli/welcome.ts";
import { mintStateKey } from "./state/mint-state-key.ts";
import { readState, writeState, type State } from "./state/state-directory.ts";
import { StartError } from "./start-error.ts";

export interface KeyOptions {
  readonly stateDirectory: string;
  /** Names of the keys that configuration gives. */
  readonly configured: readonly string[];
  /** True when another key was asked for. */
  readonly newKey: boolean;
}

/** Sees to it that there is a virtual key: the configured ones, an earlier one, or one minted now. */
export async function settleKeys({
  stateDirectory,
  configured,
  newKey,
}: KeyOptions): Promise<{ state: State; key: StartKey }> {
  if (configured.length > 0 && newKey) {
    throw new StartError(
      '--new-key mints keys for a gateway without configured ones; add this one under "keys" instead',
    );
  }
  const state = await readState(stateDirectory);
  if (configured.length > 0) return { state, key: { kind: "configured", names: configured } };
  if (state.keys.length > 0 && !newKey) return { state, key: { kind: "earlier", stateDirectory } };
  const minted = mintStateKey(state, { random: randomBytes, now: new Date() });
  await writeState(stateDirectory, minted.state);
  return { state: minted.state, key: { kind: "minted", name: minted.name, value: minted.value } };
}
