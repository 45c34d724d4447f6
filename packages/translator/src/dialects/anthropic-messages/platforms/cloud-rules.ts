import type { MessagesPlatform } from "../platform.ts";
import { betaNames } from "./beta-names.ts";
import { firstPartyFields } from "./first-party-fields.ts";

/** What Bedrock and Vertex have in common. */
export const cloudRules: Pick<MessagesPlatform, "gatedFields" | "gatedEdits"> = {
  // `cache_control.ttl` and `output_config.effort` began as betas and are taken without one by today's models; a model
  // that refuses them still says so itself.
  gatedFields: [
    ...firstPartyFields,
    { in: "request", field: "safeguards", betas: [betaNames.safeguards] },
    { in: "tool", field: "defer_loading", betas: [betaNames.toolSearch] },
    { in: "tool", field: "input_examples", betas: [betaNames.toolExamples] },
    { in: "tool", field: "allowed_callers", betas: [betaNames.advancedToolUse] },
    { in: "tool", field: "strict", betas: ["structured-outputs-2025-11-13", "structured-outputs-2025-12-15"] },
    { in: "tool", field: "eager_input_streaming", betas: [betaNames.fineGrainedStreaming] },
  ],
  gatedEdits: [
    { type: "clear_", beta: betaNames.contextManagement },
    { type: "compact", beta: betaNames.compaction },
  ],
};

/** Names of Anthropic's own by which the clouds know a beta otherwise. */
export const cloudAliases: Readonly<Record<string, string>> = { [betaNames.advancedToolUse]: betaNames.toolSearch };
