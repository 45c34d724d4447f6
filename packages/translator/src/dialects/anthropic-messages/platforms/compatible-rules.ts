import { reasons } from "../../../conversation/reasons.ts";
import type { MessagesPlatform } from "../platform.ts";
import { firstPartyFields } from "./first-party-fields.ts";

/**
 * What endpoints have in common that other vendors offer to clients of the Messages API: the fields of Anthropic's own
 * services mean nothing there, some of them tell whom and what nobody else should know, and system messages stand at
 * the head alone.
 */
export const compatibleRules: Omit<MessagesPlatform, "title"> = {
  api: "messages",
  gatedFields: [
    ...firstPartyFields.map((gate) => ({ ...gate, betas: [], reason: reasons.anthropicOnly })),
    { in: "request", field: "metadata", betas: [], reason: reasons.userId },
    { in: "request", field: "safeguards", betas: [], reason: reasons.safeguards },
    { in: "request", field: "mcp_servers", betas: [], reason: reasons.mcpServers },
    { in: "request", field: "service_tier", betas: [], reason: reasons.serviceTier },
    { in: "request", field: "container", betas: [], reason: reasons.anthropicOnly },
    { in: "request", field: "context_management", betas: [], reason: reasons.contextManagement },
    { in: "tool", field: "input_examples", betas: [], reason: reasons.inputExamples },
    { in: "tool", field: "allowed_callers", betas: [], reason: reasons.allowedCallers },
    { in: "tool", field: "eager_input_streaming", betas: [], reason: reasons.eagerInputStreaming },
    {
      in: "tool",
      field: "defer_loading",
      betas: [],
      reason: "The endpoint knows no deferred tools; all are declared.",
    },
  ],
  gatedEdits: [],
  billingLine: "cut",
  systemMessages: "as-user",
  earlierThinking: "kept",
  webSearch: false,
  refusedFields: "leave-out",
  counts: true,
};
