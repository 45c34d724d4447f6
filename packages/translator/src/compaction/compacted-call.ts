import type { Metered, Translation } from "../dialects/dialect.ts";
import { addUsage } from "../messages/add-usage.ts";
import { noUsage, type Usage } from "../messages/usage.ts";
import type { SearchOutcome } from "../search/web-search.ts";
import type { RoundsCall } from "../stream/rounds-call.ts";
import { CompactedAnswer, type CompactedStyle } from "./compacted-answer.ts";

/** The call for a summary, and how the answer goes on from one; null when the model gave none. */
export interface SummaryCall extends CompactedStyle {
  readonly translation: Translation;
  readonly goOn: (summary: string | null) => Translation;
}

/** The two calls of an answer before which the conversation is compacted. */
export class CompactedCall implements RoundsCall {
  readonly answer: CompactedAnswer;
  readonly #goOn: SummaryCall["goOn"];
  #translation: Translation;
  #past: Usage = noUsage;

  constructor({ translation, goOn, ...style }: SummaryCall) {
    this.answer = new CompactedAnswer(style);
    this.#translation = translation;
    this.#goOn = goOn;
  }

  get translation(): Translation {
    return this.#translation;
  }

  advance(_found: readonly SearchOutcome[], usage: Usage): Uint8Array | undefined {
    const summary = this.answer.settle(usage);
    if (summary === undefined) return undefined;
    this.#past = addUsage(this.#past, usage);
    this.#translation = this.#goOn(summary);
    return this.#translation.body;
  }

  metered(usage: Usage): Metered {
    return { usage: addUsage(this.#past, usage), stopReason: this.answer.stopReason };
  }
}
