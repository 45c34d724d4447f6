import { priceTiers } from "./price-tiers.ts";
import { noUsage, type Usage, type WireUsage } from "./usage.ts";

/** Usage as clients of the Messages API read it. */
export function toWireUsage(usage: Usage): WireUsage {
  const written = usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation_input_tokens: written,
    ...(written > 0 && {
      cache_creation: {
        ephemeral_5m_input_tokens: usage.cacheWrite5mTokens,
        ephemeral_1h_input_tokens: usage.cacheWrite1hTokens,
      },
    }),
    ...(usage.thinkingTokens > 0 && { output_tokens_details: { thinking_tokens: usage.thinkingTokens } }),
    ...(usage.webSearchRequests > 0 && { server_tool_use: { web_search_requests: usage.webSearchRequests } }),
  };
}

/** Undoes {@link toWireUsage}. Cache writes that are not told apart count as five-minute ones, the default of the API. */
export function fromWireUsage(wire: WireUsage): Usage {
  const written1h = wire.cache_creation?.ephemeral_1h_input_tokens ?? 0;
  return {
    ...noUsage,
    inputTokens: wire.input_tokens,
    outputTokens: wire.output_tokens,
    cacheReadTokens: wire.cache_read_input_tokens,
    cacheWrite5mTokens: wire.cache_creation?.ephemeral_5m_input_tokens ?? wire.cache_creation_input_tokens - written1h,
    cacheWrite1hTokens: written1h,
    thinkingTokens: wire.output_tokens_details?.thinking_tokens ?? 0,
    webSearchRequests: wire.server_tool_use?.web_search_requests ?? 0,
    ...priceTiers(wire.service_tier, wire.speed, wire.inference_geo),
  };
}
