import { type GovernanceErrorCode, isGovernanceError } from "../errors.ts";

/** Stores that are told of what has ended, each of which may fail while the others work. */
export type Source = "limits" | "book";

/** Something that a store has to be told. */
export interface Delivery {
  readonly to: Source;
  readonly work: () => Promise<unknown>;
  /** Called when it is taken, with what the store said, or never will be. */
  readonly done?: (said: unknown) => void;
}

/** Errors that another try would not mend. */
const impossible: ReadonlySet<GovernanceErrorCode> = new Set(["invalid-entry", "invalid-reservation"]);

/** Tells stores what they have to be told, again until they take it. */
export class Deliveries {
  readonly #onTrouble: (error: unknown) => void;
  readonly #waiting = new Set<Delivery>();
  readonly #underWay = new Set<Promise<boolean>>();
  readonly #troubled = new Set<Source>();

  /** `onTrouble` is told when a store begins to fail, once until it works again. */
  constructor(onTrouble: (error: unknown) => void) {
    this.#onTrouble = onTrouble;
  }

  /** What has not been taken yet, with what is on its way. */
  get size(): number {
    return this.#waiting.size + this.#underWay.size;
  }

  /** What a store has not taken, and is to be offered again. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Offers something. Gives whether it was taken; else it is offered again. */
  deliver(delivery: Delivery): Promise<boolean> {
    const offered = this.#offer(delivery).finally(() => this.#underWay.delete(offered));
    this.#underWay.add(offered);
    return offered;
  }

  /** Offers again what was not taken: the first that a store does not take this time is the last that it is offered. */
  async offerAgain(): Promise<void> {
    const closed = new Set<Source>();
    const waiting = Array.from(this.#waiting);
    for (const delivery of waiting) {
      if (closed.has(delivery.to)) continue;
      this.#waiting.delete(delivery);
      // It goes to the end, so that one that is never taken keeps no other back for long.
      if (!(await this.#offer(delivery))) closed.add(delivery.to);
    }
    for (const { to } of waiting) this.#recover(to);
  }

  /** Resolves when all is taken, or has been offered once more. */
  async flush(): Promise<void> {
    await this.#arrived();
    await this.offerAgain();
    await this.#arrived();
  }

  /** Does something with a store; tells of it when that begins to fail. Never rejects. */
  async watchOver(source: Source, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#recover(source);
    } catch (error) {
      this.#report(source, error);
    }
  }

  /** Resolves when nothing is on its way any more: what is written may set off a settlement. */
  async #arrived(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** What no store will ever take is told and dropped; everything else is offered again. */
  async #offer(delivery: Delivery): Promise<boolean> {
    let said: unknown;
    try {
      said = await delivery.work();
    } catch (error) {
      if (!isGovernanceError(error) || !impossible.has(error.code)) {
        this.#waiting.add(delivery);
        this.#report(delivery.to, error);
        return false;
      }
      this.#onTrouble(error);
    }
    delivery.done?.(said);
    return true;
  }

  /** A store that takes some of what it is told works when it has taken all. */
  #recover(source: Source): void {
    for (const { to } of this.#waiting) if (to === source) return;
    this.#troubled.delete(source);
  }

  #report(source: Source, error: unknown): void {
    if (!this.#troubled.has(source)) this.#onTrouble(error);
    this.#troubled.add(source);
  }
}
