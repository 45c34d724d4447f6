import type { DispatchSettings } from "./dispatch-settings.ts";

/**
 * How long to wait before the same provider is asked once more, in milliseconds: anything from nothing to a limit that
 * doubles with each repeat, counted from 1. Source: Brooker, "Exponential Backoff And Jitter" (2015), full jitter.
 */
export function backoff(
  repeat: number,
  random: number,
  settings: Pick<DispatchSettings, "backoffMs" | "longestBackoffMs">,
): number {
  return random * Math.min(settings.longestBackoffMs, settings.backoffMs * 2 ** (repeat - 1));
}
