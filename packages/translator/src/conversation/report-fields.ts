import type { MessagesRequest } from "../messages/request.ts";
import { reasons } from "./reasons.ts";
import type { Scene } from "./scene.ts";
import { ownValue } from "../json/own-value.ts";

/** The fields of a Messages request that encoders write, or report, by name. */
const knownFields = new Set([
  "model",
  "messages",
  "max_tokens",
  "system",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "output_format",
  "stop_sequences",
  "stream",
  "temperature",
  "top_p",
  "top_k",
  "metadata",
]);

const fieldReasons: Readonly<Record<string, string>> = {
  cache_control: reasons.cacheControl,
  context_management: reasons.contextManagement,
  service_tier: reasons.serviceTier,
  safeguards: reasons.safeguards,
  mcp_servers: reasons.mcpServers,
  ...Object.fromEntries(
    ["speed", "container", "inference_geo", "fallbacks", "fallback_credit_token", "betas", "compaction", "thread"].map(
      (field) => [field, reasons.anthropicOnly],
    ),
  ),
};

/** Reports every field that no part of an encoding reads. */
export function reportFields(request: MessagesRequest, { drops }: Scene): void {
  for (const field in request) {
    const value = request[field];
    if (knownFields.has(field) || value === undefined || value === null) continue;
    drops.add(field, ownValue(fieldReasons, field) ?? reasons.unknownField);
  }
  for (const key in request.metadata) {
    drops.add(`metadata.${key}`, key === "user_id" ? reasons.userId : reasons.metadata);
  }
  for (const key in request.output_config) {
    if (key !== "effort" && key !== "format") drops.add(`output_config.${key}`, reasons.anthropicOnly);
  }
}
