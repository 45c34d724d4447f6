import { GovernanceError } from "../errors.ts";

/** What has become of Redis: it is in use, or given up until it answers again. */
export interface BreakerChange {
  readonly state: "available" | "unavailable";
  readonly reason: string;
}

/** What a breaker needs. */
export interface BreakerOptions {
  /** How long an answer may take. */
  readonly timeoutMs: number;
  /** Resolves when Redis answers. */
  readonly probe: () => Promise<unknown>;
  /** Told of each change, once. */
  readonly onChange: (change: BreakerChange) => void;
}

const failuresToOpen = 3;
const probeEveryMs = 250;

/**
 * Lets work wait for Redis for a short time only, and not at all once it has failed to answer several times running: from
 * then on Redis is asked now and then whether it is there again.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  #failures = 0;
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
   * Does work that talks to Redis. Throws a GovernanceError: `store-unavailable` when it has not answered or cannot, and
   * `store-failed` when a script broke.
   */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isOpen) throw unavailable("it has not answered and is tried again");
    try {
      const result = await this.#inTime(work());
      this.#failures = 0;
      return result;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (isBroken(reason)) {
        throw new GovernanceError("store-failed", `a step on limits failed in Redis (${reason})`, { cause: error });
      }
      this.#failed(reason);
      throw unavailable(reason, error);
    }
  }

  /** Asks no more. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#probing);
  }

  #inTime<Result>(answer: Promise<Result>): Promise<Result> {
    const { timeoutMs } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const timer = setTimeout(() => {
      // An answer may have come while this process was busy: it is read before this is called.
      setImmediate(() => reject(new GovernanceError("store-unavailable", `no answer within ${timeoutMs} ms`)));
    }, timeoutMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
    return promise;
  }

  #failed(reason: string): void {
    this.#failures += 1;
    if (this.#failures < failuresToOpen || this.#isOpen) return;
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
    this.#options.onChange({ state: "available", reason: "Redis answers again" });
  }
}

function isBroken(reason: string): boolean {
  return /^ERR (?:Error running|user_script)|@user_script|^WRONGTYPE/u.test(reason);
}

function unavailable(reason: string, cause?: unknown): GovernanceError {
  return new GovernanceError(
    "store-unavailable",
    `the limits in Redis cannot be used now (${reason}); try again soon`,
    {
      cause,
    },
  );
}
