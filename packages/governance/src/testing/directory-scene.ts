import type { DirectoryChange } from "../directory-store/directory-change.ts";
import type { DirectoryStore } from "../directory-store/directory-store.ts";
import type { GovernedCheck } from "../directory-store/check-edits.ts";
import type { Governed } from "../directory-store/governed.ts";
import { GovernanceError } from "../errors.ts";
import type { Limit } from "../limits/limit.ts";

/** A directory store that a suite has opened, empty. */
export interface OpenedDirectory {
  readonly store: DirectoryStore;
  /** Another object over the same directory, as a process has that starts later; undefined for one that cannot be shared. */
  readonly again?: () => Promise<DirectoryStore>;
  readonly close?: () => Promise<void>;
}

/** A kind of directory store. */
export interface DirectoryKind {
  readonly name: string;
  open(opening: { readonly clock: () => number; readonly check: GovernedCheck }): Promise<OpenedDirectory>;
}

/** The directory that a test is about: each has one of its own, which is empty. */
export interface DirectoryScene extends Pick<DirectoryKind, "open"> {
  readonly store: DirectoryStore;
  readonly again: OpenedDirectory["again"];
  /** One change by the administrator. */
  readonly change: (change: DirectoryChange) => Promise<number>;
  /** Who there is. */
  readonly directory: () => Promise<Governed["directory"]>;
}

/** A budget a month. */
export const dollars = (amount: number): Limit => {
  return { of: "nanoUsd", amount: amount * 1e9, window: { kind: "calendar", unit: "month", timeZone: "UTC" } };
};
/** A digest as a hasher makes one. */
export const digest = (text: string): string => text.padEnd(43, "0");
/** Who makes changes. */
export const admin = "alice@example.com";
/** Who applies files. */
export const file = "drawbridge.yaml";

/** What a file declares. */
export const declared: Governed = {
  directory: {
    customers: [{ name: "acme", limits: [dollars(500)] }],
    teams: [{ name: "payments", customer: "acme", policy: { models: { allow: ["claude-*"] } } }],
    users: [{ name: "bob", team: "payments" }],
    keys: [{ name: "bob-laptop", digest: digest("bob"), user: "bob", tags: { project: "ledger" } }],
    providers: [{ name: "openai", limits: [dollars(1_000)] }],
  },
  rules: [
    { name: "small", when: "tier == 'haiku'", route: [{ targets: [{ target: "gpu/qwen" }] }] },
    { name: "big", tag: { size: "big" } },
  ],
};

/** The code of the error in which it ends; undefined when it does not. */
export async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof GovernanceError) return error.code;
    throw error;
  }
}
