import type { LedgerEntry } from "../book/ledger-entry.ts";
import type { LimitDenial } from "../limits/limit-denial.ts";
import type { LimitRefusal } from "../limits/limit-store.ts";
import type { AttemptLease } from "./attempt-lease.ts";
import type { GrowingHold } from "./growing-hold.ts";
import type { LeaseParts } from "./lease-parts.ts";
import type { LeaseMode, LeaseRequest, LeaseTerms } from "./lease-request.ts";

/** Whether more is held for an answer, or may be used without it (`isSpent`). No denial: the lease has run out. */
export type Extension =
  | { readonly granted: true; readonly isSpent?: true }
  | { readonly granted: false; readonly isSpent?: never; readonly denial: LimitDenial | undefined };

/** What an attempt asks of the lease that it belongs to. */
export interface AttemptOwner extends LeaseParts {
  readonly id: string;
  /** True when the tenant has limits. */
  readonly isLimited: boolean;
  /** The hold on the tenant's scopes. */
  readonly tenant: GrowingHold | undefined;
  readonly terms: LeaseTerms;
  /** By which rules it is charged should this process be gone. */
  readonly charged: LeaseMode;
  /** How far a call has come that is about to be sent. */
  readonly expected: LeaseRequest["expected"];
  /** Output tokens that are held at a time. */
  readonly slice: number;
  /** True once the request has been settled. */
  isOver(): boolean;
  /** Renews what is held for the tenant, and says whether it still is. Rejects where that cannot be looked up. */
  isTenantHeld(): Promise<boolean>;
  /** Sees to it that the tenant's hold covers all attempts. */
  coverTenant(): Promise<LimitRefusal | "lost" | undefined>;
  entry(attempt: AttemptLease, of: Pick<LedgerEntry, "kind" | "nanoUsd" | "source" | "outcome" | "usage">): LedgerEntry;
}
