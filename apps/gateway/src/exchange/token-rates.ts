/** How large an answered request was, and what the provider counted. */
export interface CountedAnswer {
  /** Of the request as it was sent; undefined where they say nothing, as with images. */
  readonly requestBytes: number | undefined;
  readonly inputTokens: number;
  /** Of the answer as the client gets it. */
  readonly answerBytes: number;
  readonly outputTokens: number;
  /** How long the answer was written, in milliseconds. */
  readonly writtenMs: number;
}

/** What one model makes of bytes, learned from what its provider counts. */
export interface TokenRates {
  learn(counted: CountedAnswer): void;
  /** The most input tokens a byte of late; undefined as long as too little was counted. */
  readonly input: number | undefined;
  /** Likewise of output. */
  readonly output: number | undefined;
  /** The most output tokens a millisecond of late. */
  readonly speed: number | undefined;
}

const [kept, needed] = [32, 8];
/** In a shorter text its beginning and end are most of it. */
const leastTokens = 100;
/** One that is there sooner was written before it was read. */
const leastMs = 200;

/**
 * Rates of models, which live as long as what a model is reached by, and so as its provider's configuration: whoever leaves
 * early is not told what it cost.
 */
export function createTokenRates(): (endpoint: object) => TokenRates {
  const known = new WeakMap<object, TokenRates>();
  return (endpoint) => {
    let rates = known.get(endpoint);
    if (rates === undefined) {
      rates = new LearnedRates();
      known.set(endpoint, rates);
    }
    return rates;
  };
}

class LearnedRates implements TokenRates {
  readonly #input = new Latest();
  readonly #output = new Latest();
  readonly #speed = new Latest();

  learn({ requestBytes, inputTokens, answerBytes, outputTokens, writtenMs }: CountedAnswer): void {
    if (requestBytes !== undefined && inputTokens >= leastTokens) this.#input.add(inputTokens / requestBytes);
    if (answerBytes > 0 && outputTokens >= leastTokens) this.#output.add(outputTokens / answerBytes);
    if (writtenMs >= leastMs && outputTokens >= leastTokens) this.#speed.add(outputTokens / writtenMs);
  }

  get input(): number | undefined {
    return this.#input.most;
  }

  get output(): number | undefined {
    return this.#output.most;
  }

  get speed(): number | undefined {
    return this.#speed.most;
  }
}

/** The latest numbers of a kind. */
class Latest {
  readonly #numbers: number[] = [];
  #next = 0;

  add(number: number): void {
    this.#numbers[this.#next] = number;
    this.#next = (this.#next + 1) % kept;
  }

  get most(): number | undefined {
    return this.#numbers.length < needed ? undefined : Math.max(...this.#numbers);
  }
}
