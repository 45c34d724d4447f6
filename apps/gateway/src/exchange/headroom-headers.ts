import type { OutgoingHttpHeaders } from "node:http";
import type { Headroom, Quantity } from "@drawbridge/governance";

const names: Readonly<Record<Exclude<Quantity, "nanoUsd">, string>> = {
  requests: "x-drawbridge-requests-remaining",
  inputTokens: "x-drawbridge-input-tokens-remaining",
  outputTokens: "x-drawbridge-output-tokens-remaining",
  totalTokens: "x-drawbridge-tokens-remaining",
};

const noHeaders: OutgoingHttpHeaders = {};

/** What is left to whoever asked, as headers: of money in USD, and of each rate. As of up to a second ago. */
export function headroomHeaders(remaining: readonly Headroom[]): OutgoingHttpHeaders {
  if (remaining.length === 0) return noHeaders;
  const headers: OutgoingHttpHeaders = {};
  for (const { scope, limit, remaining: left, resetsAtMs } of remaining) {
    if (limit.of !== "nanoUsd") {
      headers[limit.window.kind === "parallel" ? "x-drawbridge-parallel-remaining" : names[limit.of]] = left;
      continue;
    }
    headers["x-drawbridge-budget-remaining"] = usd(left);
    // Names are whatever a configuration has; header values are bytes.
    headers["x-drawbridge-budget-scope"] = encodeURI(scope);
    if (resetsAtMs !== undefined) headers["x-drawbridge-budget-reset"] = new Date(resetsAtMs).toISOString();
  }
  return headers;
}

function usd(nanoUsd: number): string {
  return `${Math.floor(nanoUsd / 1e9)}.${String(nanoUsd % 1e9).padStart(9, "0")}`;
}
