import type { AttemptProgress, UsageSource } from "@drawbridge/governance";
import { boundOf, costOf } from "@drawbridge/providers/models";
import type { AnswerStream, Metered, UpstreamFailure, Usage } from "@drawbridge/translator";
import { GatewayError, isLimitCode } from "../errors.ts";
import type { AccountOptions } from "./account-options.ts";
import { believeUsage, inputIn, unansweredUsage } from "./believe-usage.ts";
import { densestText } from "./densest-text.ts";
import { extendHold, limitsAway } from "./extend-hold.ts";
import { HeardText, type HeardTokens } from "./heard-text.ts";
import { bytesPerToken } from "./request-bound.ts";
import type { KnownRequest } from "./input-rates.ts";
import { mayBeBilled } from "./may-be-billed.ts";
import { progressOf } from "./progress-of.ts";
import { sentRequest } from "./sent-request.ts";
import { spentError } from "./spent-error.ts";
import { unansweredUse, uncountedInput } from "./unanswered-use.ts";
import { type HeardOutput, outputSpeed, unseenOutput } from "./unseen-output.ts";
import { upstreamFailure } from "./upstream-failure.ts";

/** The account of one attempt: told of what happens to it, it knows what it costs. */
export interface AttemptAccount {
  /** This request is about to be written to the provider. */
  sending(body: Uint8Array): void;
  /** The head of its answer has come. */
  headed(status: number): void;
  /** The answer is read by this stream from now on. */
  follow(stream: Pick<AnswerStream, "metered">): void;
  /**
   * More of it went by. A promise when more has to be held before it goes on; rejects when it has to end here. Nothing more
   * is held for the last of it.
   */
  passed(bytes: Uint8Array, isLast?: boolean): Promise<void> | undefined;
  /** It is not read for a while: its client takes no more, so that nobody sees how fast it is, or a store is waited for. */
  pause(forWhom: "client" | "store"): void;
  resume(): void;
  /** Another call with a body of so many bytes belongs to the same answer. Rejects when there is no room for it. */
  callAgain(bytes: number): Promise<void>;
  /** Resolves when the client may be given something; undefined when it may at once. */
  readonly recorded: Promise<void> | undefined;
  /** The answer is whole. */
  succeeded(metered: Metered | undefined): void;
  /** It ended in this error. */
  failed(error: unknown): void;
}

/** How often the length of an answer is looked at: each costs a look, and none is longer than the text of a slice. */
const checkEveryBytes = 2_048;
/** What comes so long after what came before was not there yet. */
const waitedMs = 20;

/** An account of an attempt that counts. Source of what is charged when: the providers' billing, by kind of end. */
export class LeasedAccount implements AttemptAccount {
  readonly recorded: Promise<void>;
  readonly #options: AccountOptions;
  #stream: Pick<AnswerStream, "metered"> | undefined;
  #isClientSlow = false;
  #phase: "unsent" | "sent" | "refused" | "answered" = "unsent";
  #calls = 1;
  #bytes = 0;
  readonly #heard = new HeardText();
  /** A whole answer, of which hardly any has to be heard. */
  #whole: Uint8Array | undefined;
  #request: KnownRequest | undefined;
  #sentMs = 0;
  #followedMs = 0;
  /** When something of the answer was heard last. */
  #heardMs = 0;
  /** When it was last heard, or not read any more, or read again. */
  #readMs = 0;
  /** For how long it was not read, as long as what came then may be waiting. */
  #unreadMs = 0;
  #checkAt: number;

  constructor(options: AccountOptions) {
    this.#options = options;
    this.#checkAt = options.attempt.isLimited ? checkEveryBytes : Number.POSITIVE_INFINITY;
    this.recorded = options.attempt.recorded.catch((cause: unknown) => {
      throw limitsAway("what is held for this request could not be written down in time", cause);
    });
    // Of a request that fails before, nobody waits for it.
    this.recorded.catch(() => undefined);
  }

  sending(body: Uint8Array): void {
    const { attempt, bound, clock, rates, sessionId } = this.#options;
    this.#phase = "sent";
    this.#request = bound.hasMedia ? undefined : rates.sent.look(sentRequest(body, sessionId), body);
    this.#sentMs = clock();
    // Before, it is what was expected of it.
    attempt.measureBy(() => this.#progress());
  }

  headed(status: number): void {
    this.#phase = status >= 200 && status < 300 ? "answered" : "refused";
  }

  follow(stream: Pick<AnswerStream, "metered">): void {
    this.#stream = stream;
    this.#followedMs = this.#options.clock();
    this.#heardMs = this.#followedMs;
  }

  /** How far the answer has come; undefined where it may be further than anybody here has seen. */
  #progress(): AttemptProgress | undefined {
    const { isWrittenOn, price, rates } = this.#options;
    if (this.#isClientSlow || isWrittenOn || this.#calls > 1) return undefined;
    const usage = this.#usageAt(undefined);
    return usage && progressOf(usage, price, outputSpeed(this.#heardOutput(usage.outputTokens, 0), rates.speed));
  }

  passed(bytes: Uint8Array, isLast = false): Promise<void> | undefined {
    this.#bytes += bytes.length;
    if (this.#stream === undefined) this.#whole = bytes;
    else this.#heard.take(bytes);
    this.#heardMs = this.#options.clock();
    // Whoever had to wait for more has heard all that had come.
    if (this.#heardMs - this.#readMs >= waitedMs) this.#unreadMs = 0;
    this.#readMs = this.#heardMs;
    if (isLast || this.#bytes < this.#checkAt) return undefined;
    this.#checkAt = this.#bytes + checkEveryBytes;
    const written = this.#stream?.metered.usage.outputTokens ?? 0;
    return this.#options.attempt.covers(written) ? undefined : this.#extend(written);
  }

  pause(forWhom: "client" | "store"): void {
    this.#isClientSlow = forWhom === "client";
    this.#readMs = this.#options.clock();
  }

  resume(): void {
    this.#isClientSlow = false;
    const nowMs = this.#options.clock();
    this.#unreadMs += nowMs - this.#readMs;
    this.#readMs = nowMs;
  }

  async callAgain(bytes: number): Promise<void> {
    this.#calls += 1;
    const { attempt, price } = this.#options;
    const inputTokens = Math.ceil(bytes / bytesPerToken);
    const nanoUsd = (outputTokens: number): number =>
      price === undefined ? 0 : boundOf(price, { inputTokens, outputTokens });
    const extension = await attempt.callAgain({ inputTokens, nanoUsd }).catch((cause: unknown) => {
      throw limitsAway("the limits cannot be looked up", cause);
    });
    if (!extension.granted) throw spentError(extension.denial);
  }

  succeeded(metered: Metered | undefined): void {
    if (metered === undefined) this.#options.attempt.cancel();
    else {
      const usage = this.#withInput(this.#believed(metered.usage, true));
      if (!usage.estimated && this.#calls === 1) this.#learn(usage);
      this.#end({ ...usage, outputTokens: this.#written(usage) }, { outcome: "ok", source: "final" });
    }
  }

  /** Of an answer that broke off only the input may have been counted. */
  #learnInput(): void {
    const counted = this.#stream?.metered.usage;
    if (counted === undefined || counted.inputEstimated === true || this.#calls > 1) return;
    this.#learn({ ...counted, outputTokens: 0 });
  }

  #learn(usage: Usage): void {
    const { asked, rates, clock } = this.#options;
    const { outputTokens } = usage;
    const writtenMs = this.#stream === undefined ? clock() - this.#sentMs : this.#heardMs - this.#followedMs;
    const { heard } = this.#heard;
    rates.learn({ request: this.#request, asked, inputTokens: inputIn(usage), heard, outputTokens, writtenMs });
  }

  failed(error: unknown): void {
    const { attempt } = this.#options;
    const failure = upstreamFailure(error);
    const outcome = failure?.kind ?? (error instanceof GatewayError ? error.code : "failed");
    const isUnread = !isLimit(error) && (this.#isClientSlow || this.#isWrittenOn(failure));
    const usage = isUnread ? this.#mostUsed() : this.#usageAt(failure);
    this.#learnInput();
    if (usage !== undefined) this.#end(usage, { outcome, source: usage.estimated ? "estimated" : "partial" });
    else if (this.#phase === "unsent") attempt.cancel();
    else attempt.end({ nanoUsd: 0, source: "final", outcome });
  }

  /** An answer that was left, and that the provider writes and bills to its end all the same. */
  #isWrittenOn(failure: UpstreamFailure | undefined): boolean {
    // Without one, it was left for a reason of the gateway's own.
    const isLeft = failure === undefined || failure.kind === "cancelled" || failure.kind === "timed-out";
    return this.#options.isWrittenOn && isLeft;
  }

  /** All that it may have used: nobody has read the answer for a while, and the provider went on writing. */
  #mostUsed(): Usage | undefined {
    const seen = this.#usageAt(undefined);
    if (seen === undefined) return undefined;
    const outputTokens = Math.max(seen.outputTokens, this.#options.attempt.share.outputTokens);
    return { ...seen, outputTokens, estimated: true };
  }

  /** What was used when it failed; undefined for nothing. */
  #usageAt(failure: UpstreamFailure | undefined): Usage | undefined {
    if (this.#stream !== undefined) {
      const seen = this.#withInput(this.#believed(this.#stream.metered.usage, false));
      const written = this.#written(seen);
      return { ...seen, outputTokens: this.#mostOutput(written, this.#heardMs) };
    }
    const { clock, isStreamed } = this.#options;
    // A stream has a head as soon as there is something to read.
    if (this.#phase === "sent" && mayBeBilled(failure)) return this.#unanswered(isStreamed ? clock() : this.#sentMs);
    if (this.#phase !== "answered") return undefined;
    if (failure === undefined || cutOff.has(failure.kind)) return this.#unanswered(this.#sentMs);
    return unansweredUsage(this.#mostInput(), Math.ceil(this.#bytes / bytesPerToken));
  }

  /** What one may have used of which nothing has come, and that may have been written since then. */
  #unanswered(sinceMs: number): Usage {
    const { bound, clock, delayMs, isStreamed, rates } = this.#options;
    return unansweredUse({
      inputTokens: this.#mostInput(),
      silentMs: clock() - sinceMs + delayMs(),
      isWhole: !isStreamed,
      mostOutput: this.#calls * bound.outputTokens,
      speed: rates.speed,
    });
  }

  /** What was written of an answer that nobody counted: no more than its text can have, by answers of late. */
  #written({ outputTokens, estimated }: Usage): number {
    if (!estimated) return outputTokens;
    const { attempt, rates } = this.#options;
    // Of an answer that took several calls, their questions to a search were not heard.
    const heard = this.#calls > 1 ? undefined : this.#heardTokens();
    const most = heard === undefined ? densestText(outputTokens) : rates.mostOutput(heard);
    return Math.min(most, Math.max(outputTokens, attempt.share.outputTokens));
  }

  #heardTokens(): HeardTokens | undefined {
    if (this.#whole === undefined) return this.#heard.heard;
    const heard = new HeardText();
    heard.take(this.#whole);
    return heard.heard;
  }

  /** What may have been written, of which so much was heard until then; the rest is on its way. */
  #mostOutput(written: number, heardMs: number): number {
    const { clock, delayMs, bound, rates } = this.#options;
    const heard = this.#heardOutput(written, clock() - heardMs + this.#unreadMs + delayMs());
    const unseen = unseenOutput(heard, rates.speed);
    // However long nothing was heard, no answer is longer than it may be.
    return Math.max(written, Math.min(written + unseen, this.#calls * bound.outputTokens));
  }

  #heardOutput(written: number, silentMs: number): HeardOutput {
    return { written, writtenMs: this.#heardMs - this.#followedMs, silentMs, isWhole: !this.#options.isStreamed };
  }

  /** Providers that count at the end alone have not told the input of an answer that broke off. */
  #withInput(usage: Usage): Usage {
    if (usage.inputEstimated === undefined || this.#calls > 1) return usage;
    return { ...usage, inputTokens: this.#mostInput() };
  }

  /** What was read of a request that has no answer: no more than of requests of late. */
  #mostInput(): number {
    return uncountedInput(this.#request, this.#options.rates.sent, this.#options.bound);
  }

  #believed(usage: Usage, isWhole: boolean): Usage {
    const { attempt, bound } = this.#options;
    return believeUsage(usage, { bound, calls: this.#calls, heldOutput: attempt.share.outputTokens, isWhole });
  }

  #end(usage: Usage, { outcome, source }: { readonly outcome: string; readonly source: UsageSource }): void {
    const { attempt, price } = this.#options;
    const nanoUsd = price === undefined ? 0 : costOf(price, usage).nanoUsd;
    const { inputTokens, outputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, webSearchRequests } =
      usage;
    const counted = { inputTokens, outputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens };
    attempt.end({
      nanoUsd,
      usage: { ...counted, webSearchRequests },
      source: usage.estimated && source === "final" ? "estimated" : source,
      outcome,
    });
  }

  async #extend(written: number): Promise<void> {
    const extension = await extendHold(this.#options.attempt, written);
    if (extension.isSpent === true) this.#checkAt = Number.POSITIVE_INFINITY;
    if (!extension.granted) throw spentError(extension.denial);
  }
}

/** True for an answer that a limit has ended, at once. */
function isLimit(error: unknown): boolean {
  return error instanceof GatewayError && isLimitCode(error.code);
}

/** Failures that say nothing of what the provider has written. */
const cutOff: ReadonlySet<UpstreamFailure["kind"]> = new Set(["cancelled", "reset", "timed-out", "truncated"]);
