import { mergeUsage } from "../../dialects/anthropic-messages/usage.ts";
import { noUsage, type Usage } from "../../messages/usage.ts";

/** Adds up what the events of one answer report of usage. */
export class UsageSoFar {
  #usage: Usage = noUsage;

  /** Takes the `usage` of an event or of a whole answer, whatever is in it. */
  take(report: unknown): void {
    this.#usage = mergeUsage(this.#usage, report);
  }

  get usage(): Usage {
    return this.#usage;
  }

  /** Everything the model read, cached or not: OpenAI counts what came from a cache as a part of it. */
  get inputTokens(): number {
    const { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens } = this.#usage;
    return inputTokens + cacheReadTokens + cacheWrite5mTokens + cacheWrite1hTokens;
  }

  get cacheWriteTokens(): number {
    return this.#usage.cacheWrite5mTokens + this.#usage.cacheWrite1hTokens;
  }
}
