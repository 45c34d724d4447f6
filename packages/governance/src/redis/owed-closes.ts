import { GovernanceError } from "../errors.ts";
import { holdKey, type HoldRef } from "../limits/hold-ref.ts";
import type { Amounts } from "../limits/limit.ts";

/** How a hold ends that could not be ended when it should have been. */
export interface OwedClose {
  readonly hold: HoldRef;
  /** Undefined to give it back. */
  readonly actual: Amounts | undefined;
  /** Whether its reservation may still be on its way. */
  readonly forget: boolean;
  /** When its end may be written down; at once unless told. */
  readonly accounted?: Promise<void> | undefined;
}

/** Ends of holds that Redis has not heard of, until it has. */
export class OwedCloses {
  readonly #close: (owed: OwedClose) => Promise<void>;
  readonly #owed = new Map<string, OwedClose>();
  #paying: Promise<void> | undefined;

  /** `close` rejects as long as it cannot. */
  constructor(close: (owed: OwedClose) => Promise<void>) {
    this.#close = close;
  }

  /** How many there are. */
  get size(): number {
    return this.#owed.size;
  }

  /** Throws a GovernanceError `store-unavailable` for a hold whose end is one of them. */
  check(hold: HoldRef): void {
    if (!this.#owed.has(holdKey(hold))) return;
    const why = "Redis could not be told yet how a hold has ended; it is tried again";
    throw new GovernanceError("store-unavailable", why);
  }

  /** Takes one more. The first word on a hold counts. */
  add(owed: OwedClose): void {
    const key = holdKey(owed.hold);
    if (!this.#owed.has(key)) this.#owed.set(key, owed);
  }

  /** Tries all of them, until one fails. */
  pay(): Promise<void> {
    this.#paying ??= this.#payAll().finally(() => (this.#paying = undefined));
    return this.#paying;
  }

  async #payAll(): Promise<void> {
    for (const [key, owed] of this.#owed) {
      try {
        await this.#close(owed);
      } catch {
        return;
      }
      this.#owed.delete(key);
    }
  }
}
