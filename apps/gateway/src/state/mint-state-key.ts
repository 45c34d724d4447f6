import { mintKey } from "@drawbridge/governance";
import { hmacKeyHasher } from "@drawbridge/governance/node";
import type { State } from "./state-directory.ts";

/** A state with one key more, and that key, which is nowhere kept. */
export interface Minted {
  readonly state: State;
  readonly name: string;
  readonly value: string;
}

export interface MintOptions {
  readonly random: (bytes: number) => Uint8Array;
  readonly now: Date;
}

/** Mints a virtual key: `first`, then `key-2`, `key-3`, … so that logs can tell them apart. */
export function mintStateKey(state: State, { random, now }: MintOptions): Minted {
  const value = mintKey(random);
  const name = state.keys.length === 0 ? "first" : `key-${state.keys.length + 1}`;
  const digest = hmacKeyHasher(Buffer.from(state.hashKey, "base64url")).digest(value);
  return { state: { ...state, keys: [...state.keys, { name, digest, createdAt: now.toISOString() }] }, name, value };
}
