import { replayBody } from "../clients/shared/replay-body.ts";
import type { WholeAnswer, WholeRounds } from "../dialects/dialect.ts";
import { encodeAnswer } from "../messages/assemble.ts";
import type { StreamEvent } from "../messages/events.ts";
import type { UpstreamFailure } from "../messages/failure.ts";
import { noUsage, type Usage } from "../messages/usage.ts";
import type { RoundsCall } from "./rounds-call.ts";
import type { SearchRounds } from "../search/web-search.ts";

const encoder = new TextEncoder();

/** One whole answer out of those of several calls. */
export class RoundsWhole implements WholeRounds {
  readonly rounds: SearchRounds;
  readonly #call: RoundsCall;
  readonly #events: StreamEvent[] = [];
  #usage: Usage = noUsage;

  constructor(call: RoundsCall) {
    this.#call = call;
    this.rounds = {
      searches: () => call.answer.wanted,
      resume: (found) => call.advance(found, this.#usage),
    };
  }

  take(body: Uint8Array, contentType: string): UpstreamFailure | undefined {
    const answer = this.#call.translation.answerWhole(body, contentType);
    if (!answer.ok) return answer.failure;
    this.#usage = answer.metered.usage;
    for (const event of replayBody(answer.body)) this.#call.answer.take(event);
    return undefined;
  }

  end(): WholeAnswer {
    if (!this.#call.answer.finished) this.#call.answer.giveUp();
    this.#events.push(...this.#call.answer.drain());
    const text = encodeAnswer(this.#events);
    if (text !== undefined) {
      return { ok: true, body: encoder.encode(text), metered: this.#call.metered(this.#usage) };
    }
    return { ok: false, failure: { kind: "malformed", message: "The provider's answer was empty." } };
  }
}
