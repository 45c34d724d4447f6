/** Betas of Anthropic's that platforms have rules for. Source: Anthropic docs, "Beta headers". */
export const betaNames = {
  advancedToolUse: "advanced-tool-use-2025-11-20",
  cacheScope: "prompt-caching-scope-2026-01-05",
  compaction: "compact-2026-01-12",
  contextManagement: "context-management-2025-06-27",
  fastMode: "fast-mode-2026-02-01",
  fineGrainedStreaming: "fine-grained-tool-streaming-2025-05-14",
  perTurn: "per-turn-control-2026-07-01",
  safeguards: "dangerous-tool-use-2026-09-03",
  toolExamples: "tool-examples-2025-10-29",
  toolSearch: "tool-search-tool-2025-10-19",
} as const;
