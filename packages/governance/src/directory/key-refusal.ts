import type { Denial } from "../errors.ts";
import { keyPrefix } from "../keys/mint-key.ts";
import { inRanges, type AddressRange } from "./address-range.ts";
import type { KeyRules } from "./directory-rules.ts";

/** One presentation of a key. */
export interface Presentation {
  /** Where the request comes from, as a socket gives it; undefined when that is not known. */
  readonly address: string | undefined;
  /** When, in ms since 1970. */
  readonly atMs: number;
  /** The connection that it came over, such as its socket: a key that is presented again on it need not be hashed again. */
  readonly connection?: object | undefined;
}

/** As much of a key as says whether it is taken. */
export type KeyGate = Pick<KeyRules, "name" | "digest" | "previous" | "expiresAtMs" | "revokedAtMs" | "disabled">;

const askFor = "ask whoever runs this gateway";

/** Why a known key is not taken; undefined when it is. `digest` is the one that it was found by. */
export function keyRefusal(key: KeyGate, digest: string, { atMs }: Presentation): Denial | undefined {
  const { name, previous, expiresAtMs, revokedAtMs } = key;
  if (revokedAtMs !== undefined && atMs >= revokedAtMs) {
    return { code: "revoked-key", reason: `key "${name}" was revoked ${at(revokedAtMs)}; ${askFor} for another` };
  }
  if (key.disabled === true) {
    const reason = `key "${name}" is disabled; ${askFor} to enable it or for another`;
    return { code: "disabled-key", reason };
  }
  if (expiresAtMs !== undefined && atMs >= expiresAtMs) {
    return { code: "expired-key", reason: `key "${name}" expired ${at(expiresAtMs)}; ${askFor} for another` };
  }
  if (digest !== key.digest && previous !== undefined && atMs >= previous.untilMs) {
    const reason = `this value of key "${name}" was replaced and valid until ${iso(previous.untilMs)}; set ANTHROPIC_AUTH_TOKEN to the new one`;
    return { code: "expired-key", reason };
  }
  return undefined;
}

/** Why a key is not taken from an address; undefined when it is. */
export function addressRefusal(
  { name }: KeyGate,
  ranges: readonly AddressRange[],
  { address }: Presentation,
): Denial | undefined {
  if (ranges.length === 0 || (address !== undefined && inRanges(address, ranges))) return undefined;
  const from = address === undefined ? "an address that is not known" : `the address ${address.slice(0, 64)}`;
  const reason = `key "${name}" may not be used from ${from}; use it from where it is meant to be, or ${askFor} to allow that address`;
  return { code: "address-not-allowed", reason };
}

/** Why nothing below a disabled level is taken. */
export function levelRefusal({ name }: KeyGate, disabled: string): Denial {
  return {
    code: "disabled-key",
    reason: `key "${name}" belongs to ${disabled}, which is disabled; ${askFor} to enable it`,
  };
}

/** Of a key of which nobody can say what it may use. */
export function impossibleKey({ name }: { readonly name: string }): Denial {
  const reason = `key "${name}" cannot be used, since what is kept about it or about whom it belongs to makes no sense here; ${askFor} to mend it`;
  return { code: "disabled-key", reason };
}

function at(ms: number): string {
  return `at ${iso(ms)}`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Of a request without a key. */
export const missingKey: Denial = Object.freeze({
  code: "missing-key",
  reason:
    "the request carries no key; set ANTHROPIC_AUTH_TOKEN to your Drawbridge key " +
    "(it is read from x-api-key or Authorization: Bearer)",
});

/** Of a key that is not in the directory. */
export function unknownKey(token: string): Denial {
  return token.startsWith("sk-ant-") ? foreign : unknown;
}

const unknown: Denial = Object.freeze({
  code: "unknown-key",
  reason:
    "this key is not known here; check ANTHROPIC_AUTH_TOKEN for a typo or an old key, " +
    "or ask whoever runs this gateway for a key",
});

const foreign: Denial = Object.freeze({
  code: "unknown-key",
  reason:
    "this is a key of Anthropic's own, not one of this gateway; " +
    `set ANTHROPIC_AUTH_TOKEN to your Drawbridge key (${keyPrefix}…)`,
});
