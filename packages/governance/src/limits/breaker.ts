import { GovernanceError, isGovernanceError } from "../errors.ts";

/** What has become of a store: it is in use, or given up until it answers again. */
export interface BreakerChange {
  readonly state: "available" | "unavailable";
  readonly reason: string;
}

/** What a breaker needs. */
export interface BreakerOptions {
  /** What the store is, for people, like `Redis`. */
  readonly title: string;
  /** How long an answer may take. */
  readonly timeoutMs: number;
  /**
   * Whether a store that answers others meanwhile is waited for longer, as one in which some have to wait for each other; false
   * unless told.
   */
  readonly mayBeBusy?: boolean;
  /** Resolves when it answers. */
  readonly probe: () => Promise<unknown>;
  /** Told of each change, once. */
  readonly onChange: (change: BreakerChange) => void;
}

const failuresToOpen = 3;
const probeEveryMs = 250;
const busyMs = 1_000;

/**
 * Lets work wait for a store for a short time only, and not at all once it has failed to answer several times running: from
 * then on it is asked now and then whether it is there again.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  #failures = 0;
  /** When it has answered anybody last. */
  #answeredMs = 0;
  #isOpen = false;
  #probing: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  /** Whether work is refused. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Does work that talks to the store. Throws a GovernanceError: `store-unavailable` when it has not answered or cannot,
   * `store-failed` when a script broke, and what the work throws that is one of its own.
   */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isOpen) throw this.#unavailable("it has not answered and is tried again");
    try {
      const result = await this.#inTime(work());
      this.#failures = 0;
      return result;
    } catch (error) {
      if (isGovernanceError(error) && error.code !== "store-unavailable") throw error;
      const reason = error instanceof Error ? error.message : String(error);
      if (isBroken(reason)) {
        throw new GovernanceError("store-failed", `a step on limits failed (${reason})`, { cause: error });
      }
      this.#failed(reason);
      throw this.#unavailable(reason, error);
    }
  }

  /** Asks no more. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#probing);
  }

  #inTime<Result>(answer: Promise<Result>): Promise<Result> {
    const { timeoutMs, mayBeBusy = false } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const beganMs = performance.now();
    const look = (): void => {
      const heardMs = mayBeBusy ? Math.max(beganMs, this.#answeredMs) : beganMs;
      const leftMs = timeoutMs - (performance.now() - heardMs);
      if (leftMs > 0) timer = lookLater(leftMs);
      else reject(new GovernanceError("store-unavailable", `no answer within ${timeoutMs} ms`));
    };
    // An answer may have come while this process was busy: it is read before this is called.
    const lookLater = (ms: number): NodeJS.Timeout => setTimeout(() => setImmediate(look), Math.ceil(ms));
    let timer = lookLater(timeoutMs);
    const heard = (result: Result): void => {
      this.#answeredMs = performance.now();
      resolve(result);
    };
    answer.finally(() => clearTimeout(timer)).then(heard, reject);
    return promise;
  }

  #failed(reason: string): void {
    this.#failures += 1;
    if (this.#failures < failuresToOpen || this.#isOpen) return;
    // One that is busy falls silent for a moment now and then, and is not replaced for that.
    if (this.#options.mayBeBusy === true && performance.now() - this.#answeredMs < busyMs) return;
    this.#isOpen = true;
    this.#options.onChange({ state: "unavailable", reason });
    this.#probeLater();
  }

  #probeLater(): void {
    if (this.#isClosed) return;
    this.#probing = setTimeout(() => void this.#probe(), probeEveryMs);
    this.#probing.unref();
  }

  async #probe(): Promise<void> {
    try {
      await this.#inTime(this.#options.probe());
    } catch {
      this.#probeLater();
      return;
    }
    if (this.#isClosed) return;
    this.#isOpen = false;
    this.#failures = 0;
    this.#options.onChange({ state: "available", reason: `${this.#options.title} answers again` });
  }

  #unavailable(reason: string, cause?: unknown): GovernanceError {
    const message = `the limits in ${this.#options.title} cannot be used now (${reason}); try again soon`;
    return new GovernanceError("store-unavailable", message, { cause });
  }
}

function isBroken(reason: string): boolean {
  return /^ERR (?:Error running|user_script)|@user_script|^WRONGTYPE/u.test(reason);
}
