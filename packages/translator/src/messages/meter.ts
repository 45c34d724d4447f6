import type { Metered } from "../dialects/dialect.ts";
import type { StreamEvent } from "./events.ts";
import { noUsage, type WireUsage } from "./usage.ts";
import { fromWireUsage } from "./wire-usage.ts";

/** Watches events pass and knows what they come to. */
export interface Meter {
  take(event: StreamEvent): void;
  readonly metered: Metered;
}

/**
 * A meter for the events of one answer. As in Anthropic's SDKs, numbers of `message_delta` replace those of
 * `message_start` unless they are zero, which some compatible servers send for what they have told before.
 */
export function meterEvents(): Meter {
  let usage: WireUsage | undefined;
  let stopReason: Metered["stopReason"];
  return {
    take(event) {
      if (event.type === "message_start") usage = event.message.usage;
      if (event.type !== "message_delta") return;
      usage = usage === undefined ? event.usage : merge(usage, event.usage);
      stopReason = event.delta.stop_reason;
    },
    get metered() {
      return { usage: usage === undefined ? noUsage : fromWireUsage(usage), stopReason };
    },
  };
}

function merge(start: WireUsage, end: WireUsage): WireUsage {
  return {
    ...start,
    ...end,
    input_tokens: end.input_tokens || start.input_tokens,
    output_tokens: end.output_tokens || start.output_tokens,
    cache_read_input_tokens: end.cache_read_input_tokens || start.cache_read_input_tokens,
    cache_creation_input_tokens: end.cache_creation_input_tokens || start.cache_creation_input_tokens,
  };
}
