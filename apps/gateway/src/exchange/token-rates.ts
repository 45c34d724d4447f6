import type { HeardTokens } from "./heard-text.ts";
import { InputRates } from "./input-rates.ts";
import { Latest } from "./latest.ts";
import { modelPrint, type ProvidedModel } from "./model-print.ts";
import type { SentRequest } from "./sent-request.ts";

/** How large an answered request was, and what the provider counted. */
export interface CountedAnswer {
  /** Undefined where its bytes say nothing, as with images. */
  readonly request: SentRequest | undefined;
  /** The same as the client has written it. */
  readonly asked?: SentRequest | undefined;
  readonly inputTokens: number;
  /** What the answer comes to by its text; undefined where that was not heard. */
  readonly heard: HeardTokens | undefined;
  readonly outputTokens: number;
  /** How long the answer was written, in milliseconds. */
  readonly writtenMs: number;
}

/** What one model makes of text, learned from what its provider counts. */
export interface TokenRates {
  learn(counted: CountedAnswer): void;
  /** What requests come to, by what is sent to the provider. */
  readonly sent: RequestRates;
  /** By what clients have sent, of which a translation makes more or less bytes: all that is known before it is made. */
  readonly asked: RequestRates;
  /** The most output tokens of a text, by those of late; what it can come to at most as long as too little was counted. */
  mostOutput(heard: HeardTokens): number;
  /** The most output tokens a millisecond of late. */
  readonly speed: number | undefined;
}

/** What is known of the requests of a model. */
export type RequestRates = Pick<InputRates, "look" | "most">;

/** Rates as they are kept: each the most of late, undefined as long as too little was counted. */
export interface KeptRates {
  /** Input tokens a byte, of what is sent to the provider and of what clients have sent. */
  readonly input?: number | undefined;
  readonly asked?: number | undefined;
  /** Output tokens for each that its text comes to, of prose and code and of other text. */
  readonly output?: number | undefined;
  readonly unusual?: number | undefined;
  /** Output tokens a millisecond. */
  readonly speed?: number | undefined;
}

/** The rates of all models that are in use. */
export interface RateBook {
  /** Those of a model of a provider: the same by whatever credential it is reached. */
  of(model: ProvidedModel): TokenRates;
  /** What is known of the models in use, by their prints. */
  kept(): ReadonlyMap<string, KeptRates>;
  /** True while too little is known of a model that is in use. */
  readonly isWanting: boolean;
  /** Takes what was learned before, or by others: it counts until enough is known here. */
  recall(kept: ReadonlyMap<string, KeptRates>): void;
}

/** How much denser than all of late an answer may be. */
const [outputMargin, unusualMargin] = [1.08, 1.25];
/** What a vocabulary makes of text for each token that it is estimated to have, at most: other scripts cost the most. */
const [mostUsual, mostUnusual] = [1, 1.5];
/** Windows of a hundred tokens are so far, in roots of their length, from what their whole text comes to. */
const outputSpread = 0.8;
const mostModels = 1_000;
/** In a shorter text its beginning and end are most of it, and of a word that is cut there more may be made. */
const [leastTokens, edgeTokens] = [100, 2];
/** One that is there sooner was written before it was read. */
const leastMs = 200;

/** Rates of models, each known by its name, its provider's and the dialect that it is spoken to in. */
export function createTokenRates(): RateBook {
  const known = new WeakMap<object, LearnedRates>();
  const models = new Map<string, LearnedRates>();
  let recalled: ReadonlyMap<string, KeptRates> = new Map();
  const named = (print: string): LearnedRates => {
    let rates = models.get(print);
    if (rates === undefined) {
      const oldest = models.keys().next();
      if (models.size >= mostModels && oldest.done !== true) models.delete(oldest.value);
      models.set(print, (rates = new LearnedRates()));
      rates.recall(recalled.get(print) ?? {});
    }
    return rates;
  };
  return {
    of(model) {
      let rates = known.get(model.endpoint);
      if (rates === undefined) known.set(model.endpoint, (rates = named(modelPrint(model))));
      return rates;
    },
    kept: () => new Map([...models].map(([print, rates]) => [print, rates.kept()])),
    get isWanting() {
      return [...models.values()].some(({ isKnown }) => !isKnown);
    },
    recall(kept) {
      recalled = kept;
      for (const [print, rates] of models) rates.recall(kept.get(print) ?? {});
    },
  };
}

class LearnedRates implements TokenRates {
  readonly #input = new Latest();
  readonly #asked = new Latest();
  readonly #output = new Latest();
  readonly #unusual = new Latest();
  readonly #speed = new Latest();
  readonly sent = new InputRates(this.#input);
  readonly asked = new InputRates(this.#asked);

  learn({ request, asked, inputTokens, heard, outputTokens, writtenMs }: CountedAnswer): void {
    if (inputTokens >= leastTokens) {
      this.sent.learn(request, inputTokens);
      this.asked.learn(asked, inputTokens);
    }
    if (outputTokens < leastTokens) return;
    if (heard !== undefined) (heard.isUnusual ? this.#unusual : this.#output).add(outputTokens / heard.tokens);
    if (writtenMs >= leastMs) this.#speed.add(outputTokens / writtenMs);
  }

  mostOutput({ tokens, isUnusual }: HeardTokens): number {
    const rate = isUnusual ? this.#unusual.most : this.#output.most;
    const most = tokens * (isUnusual ? mostUnusual : mostUsual) + (tokens < leastTokens ? edgeTokens : 0);
    if (rate === undefined) return Math.ceil(most);
    const expected = tokens * rate * (isUnusual ? unusualMargin : outputMargin);
    return Math.ceil(Math.min(Math.max(most, tokens * rate), expected + outputSpread * Math.sqrt(expected)));
  }

  get speed(): number | undefined {
    return this.#speed.most;
  }

  get isKnown(): boolean {
    return this.#input.most !== undefined && this.#output.most !== undefined;
  }

  kept(): KeptRates {
    return {
      input: this.#input.most,
      asked: this.#asked.most,
      output: this.#output.most,
      unusual: this.#unusual.most,
      speed: this.#speed.most,
    };
  }

  recall({ input, asked, output, unusual, speed }: KeptRates): void {
    this.#input.recall(input);
    this.#asked.recall(asked);
    this.#output.recall(output);
    this.#unusual.recall(unusual);
    this.#speed.recall(speed);
  }
}
