import type { CustomerRules, KeyRules, ProviderRules, TeamRules, UserRules } from "../directory/directory-rules.ts";
import type { RoutingRule } from "../rules/routing-rule.ts";
import type { EntryKind, EntrySpec } from "./directory-entry.ts";

/** A rule of routing as it is stored. */
export interface StoredRule extends RoutingRule {
  /** Rules are asked from the least to the greatest; a new one comes last. */
  readonly position?: number | undefined;
}

/** What an entry of each kind says, its name among it. */
export interface RulesOfKind {
  readonly customer: CustomerRules;
  readonly team: TeamRules;
  readonly user: UserRules;
  readonly key: KeyRules;
  readonly provider: ProviderRules;
  readonly rule: StoredRule;
}

/** Settings to be changed; `undefined` takes one away, and what is left out stays. */
export type Changed<Rules> = { readonly [Setting in keyof Omit<Rules, "name">]?: Rules[Setting] | undefined };

/** Other settings for an entry. */
export interface DirectoryUpdate {
  readonly action: "update";
  readonly kind: EntryKind;
  readonly name: string;
  readonly spec: EntrySpec;
  /** The version that the entry must have still; any unless told. */
  readonly from?: number;
}

/** One change of what is governed, as plain data. The functions of this file make them. */
export type DirectoryChange =
  | {
      readonly action: "create";
      readonly kind: EntryKind;
      readonly name: string;
      readonly spec: EntrySpec;
      readonly managedBy: "store" | "start";
    }
  | DirectoryUpdate
  | { readonly action: "remove"; readonly kind: EntryKind; readonly name: string }
  | { readonly action: "rotate"; readonly name: string; readonly digest: string; readonly overlapMs: number }
  | { readonly action: "revoke"; readonly name: string };

/** Makes something new; its name must be free. */
export function createEntry<Kind extends Exclude<EntryKind, "key">>(
  kind: Kind,
  rules: RulesOfKind[Kind],
): DirectoryChange {
  const { name, ...spec } = rules;
  return { action: "create", kind, name, spec, managedBy: "store" };
}

/** Settings of a key that are not made by the store itself. */
export type NewKey = Omit<KeyRules, "id" | "previous" | "revokedAtMs">;

/** Makes a key of which only the digest is known here. One made at a `start` steps back when the file declares keys. */
export function createKey(key: NewKey, managedBy: "store" | "start" = "store"): DirectoryChange {
  const { name, ...spec } = key;
  return { action: "create", kind: "key", name, spec, managedBy };
}

/** Changes settings of something, such as its `limits`: what was used of them stays. */
export function updateEntry<Kind extends Exclude<EntryKind, "key">>(
  kind: Kind,
  name: string,
  spec: Changed<RulesOfKind[Kind]>,
): DirectoryUpdate {
  return { action: "update", kind, name, spec };
}

/** Changes settings of a key, but not its value. */
export function updateKey(name: string, spec: Changed<Omit<NewKey, "digest">>): DirectoryUpdate {
  return { action: "update", kind: "key", name, spec };
}

/**
 * The same, for settings that were made from those of the entry's `version`: when the entry has another one by then, the
 * change is refused with `entry-changed`, and what somebody else has changed meanwhile stays.
 */
export function unlessChanged(update: DirectoryUpdate, version: number): DirectoryUpdate {
  return { ...update, from: version };
}

/** Takes something away. Nothing may hang on it any more. */
export function removeEntry(kind: EntryKind, name: string): DirectoryChange {
  return { action: "remove", kind, name };
}

/** Gives a key another value; the old one is taken for `overlapMs` more, or no longer with 0. */
export function rotateKey(name: string, digest: string, overlapMs: number): DirectoryChange {
  return { action: "rotate", name, digest, overlapMs };
}

/** Refuses a key from now on, for good. */
export function revokeKey(name: string): DirectoryChange {
  return { action: "revoke", name };
}
