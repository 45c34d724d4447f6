import type { Book, DirectoryStore, KeyHasher, LimitStore } from "@drawbridge/governance";
import type { CooldownBus } from "@drawbridge/providers";

/** Keeps what was learned of models, by their prints: for the next start, and for whoever shares the storage. */
export interface RateMemory {
  load(): Promise<ReadonlyMap<string, object>>;
  /** Takes the place of what was there of these models. */
  save(rates: ReadonlyMap<string, Readonly<Record<string, number>>>): Promise<void>;
}

/** Where the gateway keeps what it must remember: on this machine, or shared with other gateways. */
export interface Storage {
  /** As the end of a sentence: `in /srv/.drawbridge`, `in PostgreSQL at db:5432/drawbridge`. Holds no secret. */
  readonly place: string;
  readonly directory: DirectoryStore;
  /** Hashes virtual keys, in the same way in all gateways that share the storage. */
  readonly hasher: KeyHasher;
  /** Counts what is used of limits. Opened when it is first asked. */
  readonly limits: LimitStore;
  /** The account of all attempts; on one machine there is one once `openLimits` was called. */
  readonly book: Book | undefined;
  readonly rates: RateMemory;
  /** Tells other gateways which places cool; undefined where there are none, or no way to them. */
  readonly cooldowns: CooldownBus | undefined;
  /** Opens `limits` now, so that what is wrong with it is told at the start. Throws a StartError. */
  openLimits(): Promise<void>;
  close(): Promise<void>;
}
