import { addUsage } from "../messages/add-usage.ts";
import type { Metered, Translation } from "../dialects/dialect.ts";
import type { MessagesRequest } from "../messages/request.ts";
import { noUsage, type Usage } from "../messages/usage.ts";
import { SearchedAnswer } from "./searched-answer.ts";
import type { RoundsCall } from "../stream/rounds-call.ts";
import type { SearchSettings } from "./search-settings.ts";
import { nextSearchedRequest } from "./searched-request.ts";
import type { SearchOutcome } from "./web-search.ts";

/** The first call of an answer, and how another one is written. */
export interface FirstCall {
  readonly settings: SearchSettings;
  /** As the model is asked: its search is a function. */
  readonly request: MessagesRequest;
  readonly translation: Translation;
  readonly translate: (request: MessagesRequest) => Translation;
}

/** The calls to the model that one answer takes: which one it is at, and what they have come to. */
export class SearchedCall implements RoundsCall {
  readonly answer: SearchedAnswer;
  readonly #translate: FirstCall["translate"];
  #request: MessagesRequest;
  #translation: Translation;
  #past: Usage = noUsage;

  constructor({ settings, request, translation, translate }: FirstCall) {
    this.answer = new SearchedAnswer(settings);
    this.#request = request;
    this.#translation = translation;
    this.#translate = translate;
  }

  /** The translation of the present call. */
  get translation(): Translation {
    return this.#translation;
  }

  /** Goes on to the next call, the last one having come to `usage`; gives its body, or undefined when there is none. */
  advance(found: readonly SearchOutcome[], usage: Usage): Uint8Array | undefined {
    const round = this.answer.settle(found);
    if (round === undefined) return undefined;
    this.#past = addUsage(this.#past, usage);
    this.#request = nextSearchedRequest(this.#request, round);
    this.#translation = this.#translate(this.#request);
    return this.#translation.body;
  }

  /**
   * What all calls have come to at the provider, the present one to `usage`. The searches made between them are not
   * among it, as the provider takes no money for them; the client is told of them.
   */
  metered(usage: Usage): Metered {
    return { usage: addUsage(this.#past, usage), stopReason: this.answer.stopReason };
  }
}
