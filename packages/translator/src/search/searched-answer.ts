import { admitsSite, hostOf } from "../conversation/domain-filter.ts";
import { addUsage } from "../messages/add-usage.ts";
import { assembleAnswer } from "../messages/assemble.ts";
import type { BlockStart, StopReason, StreamEvent } from "../messages/events.ts";
import { meterEvents } from "../messages/meter.ts";
import { noUsage } from "../messages/usage.ts";
import { toWireUsage } from "../messages/wire-usage.ts";
import type { RoundsAnswer } from "../stream/rounds-call.ts";
import { SearchCalls, type SearchCall } from "./search-calls.ts";
import { encodeSearchContent, searchToolResult } from "./search-content.ts";
import { sealSearchId } from "./search-id.ts";
import type { SearchSettings } from "./search-settings.ts";
import type { SearchRound } from "./searched-request.ts";
import type { SearchOutcome, SearchQuery } from "./web-search.ts";

type End = Extract<StreamEvent, { type: "message_delta" }>;

/**
 * Makes one answer out of several: takes the events of one call to the model after the other and gives those that the
 * client is told, in which the model's calls of the search are searches of the API's own, each with what it found.
 */
export class SearchedAnswer implements RoundsAnswer {
  readonly #settings: SearchSettings;
  #events: StreamEvent[] = [];
  #round: StreamEvent[] = [];
  #calls: SearchCalls;
  #meter = meterEvents();
  #usage = noUsage;
  /** Index of the next block for the client, and of that which the present call began with. */
  #next = 0;
  #offset = 0;
  #uses = 0;
  /** Number of searches that gave results, even if none were found. */
  #made = 0;
  #started = false;
  #ended: End | undefined;
  #waiting = false;
  #stopReason: StopReason | undefined;
  #finished = false;

  constructor(settings: SearchSettings) {
    this.#settings = settings;
    this.#calls = new SearchCalls(settings.name);
  }

  /** True once the client has the whole answer, or has been told why there is none. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Why the answer ended, once it has. */
  get stopReason(): StopReason | undefined {
    return this.#stopReason;
  }

  /** True once the present call has wanted a search: another one will follow it. */
  get searching(): boolean {
    return this.#calls.any;
  }

  /** What is to be searched before the answer can go on; undefined when no search is waited for. */
  get wanted(): readonly SearchQuery[] | undefined {
    if (!this.#waiting) return undefined;
    const { allowedDomains, blockedDomains, userLocation } = this.#settings;
    return this.#calls.list.flatMap((call, index) => {
      if (call.query === undefined || !this.#mayUse(index)) return [];
      return [{ query: call.query, allowedDomains, blockedDomains, userLocation }];
    });
  }

  /** The events for the client since the last call. */
  drain(): readonly StreamEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Takes an event of the present call's answer. */
  take(event: StreamEvent): void {
    if (this.#finished) return;
    this.#meter.take(event);
    if (event.type !== "ping" && event.type !== "error") this.#round.push(event);
    switch (event.type) {
      case "message_start":
        if (!this.#started) this.#events.push(event);
        this.#started = true;
        return;
      case "message_delta":
        this.#ended = event;
        return;
      case "message_stop":
        this.#endCall();
        return;
      case "error":
        this.#finished = true;
        this.#events.push(event);
        return;
      case "ping":
        this.#events.push(event);
        return;
      default:
        this.#block(event);
    }
  }

  /**
   * Takes what was found for what was wanted, in order. Gives what the next call to the model is to be told, or
   * undefined when the answer ends here: the client has a tool to run, or the model does not stop searching.
   */
  settle(found: readonly SearchOutcome[]): SearchRound | undefined {
    if (!this.#waiting) return undefined;
    this.#waiting = false;
    const spent = this.#uses >= this.#settings.maxUses;
    const results = this.#writeResults([...found]);
    const said = assembleAnswer(this.#round)?.content ?? [];
    if (this.#calls.others || spent) {
      this.#end(this.#calls.others ? "tool_use" : "end_turn");
      return undefined;
    }
    this.#offset = this.#next;
    this.#round = [];
    this.#calls = new SearchCalls(this.#settings.name);
    this.#meter = meterEvents();
    return { said, results, spent: this.#uses >= this.#settings.maxUses };
  }

  /** Ends an answer whose searches nobody makes: they have failed, and the model is not asked again. */
  giveUp(): void {
    this.settle([]);
    if (!this.#finished) this.#end("end_turn");
  }

  #block(event: Extract<StreamEvent, { readonly index: number }>): void {
    const index = event.index + this.#offset;
    this.#next = Math.max(this.#next, index + 1);
    const begins = this.#calls.take(event);
    if (begins && event.type === "content_block_start" && event.content_block.type === "tool_use") {
      const { id, name } = event.content_block;
      const shown: BlockStart = { type: "server_tool_use", id: sealSearchId(id), name, input: {} };
      this.#events.push({ type: "content_block_start", index, content_block: shown });
    } else this.#events.push({ ...event, index });
  }

  #endCall(): void {
    this.#usage = addUsage(this.#usage, this.#meter.metered.usage);
    const reason = this.#ended?.delta.stop_reason ?? "end_turn";
    const searches = this.#calls.any;
    if (searches && reason === "tool_use") {
      this.#waiting = true;
      return;
    }
    // A call that was cut off is not made, but it has been shown, and a search without its result would be refused.
    if (searches) this.#writeResults([]);
    this.#end(reason);
  }

  #writeResults(found: SearchOutcome[]): SearchRound["results"] {
    const results = this.#calls.list.map((call, index) => {
      const content = encodeSearchContent(this.#outcomeOf(call, index, found));
      const at = this.#next++;
      this.#events.push(
        {
          type: "content_block_start",
          index: at,
          content_block: { type: "web_search_tool_result", tool_use_id: sealSearchId(call.id), content },
        },
        { type: "content_block_stop", index: at },
      );
      return searchToolResult(call.id, content);
    });
    this.#uses += results.length;
    return results;
  }

  #outcomeOf(call: SearchCall, index: number, found: SearchOutcome[]): SearchOutcome {
    if (!this.#mayUse(index)) return { ok: false, error: "max_uses_exceeded" };
    if (call.query === undefined) return { ok: false, error: "invalid_tool_input" };
    const outcome = found.shift() ?? { ok: false, error: "unavailable" };
    if (!outcome.ok) return outcome;
    this.#made += 1;
    const { allowedDomains: allowed, blockedDomains: blocked } = this.#settings;
    const wanted = outcome.results.filter(({ url }) => admitsSite({ allowed, blocked }, hostOf(url).toLowerCase()));
    return { ok: true, results: wanted };
  }

  #mayUse(index: number): boolean {
    return this.#uses + index < this.#settings.maxUses;
  }

  #end(reason: StopReason): void {
    this.#finished = true;
    this.#stopReason = reason;
    const usage = toWireUsage({ ...this.#usage, webSearchRequests: this.#usage.webSearchRequests + this.#made });
    const told = this.#ended ?? { type: "message_delta", delta: { stop_reason: reason, stop_sequence: null }, usage };
    this.#events.push({ ...told, delta: { ...told.delta, stop_reason: reason }, usage }, { type: "message_stop" });
  }
}
