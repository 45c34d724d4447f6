/** The parts of a Messages request that hold fields which not every platform takes. */
export type RequestPart = "request" | "message" | "block" | "inner" | "tool" | "cache_control" | "management" | "edit";

/** A field that a platform takes only from a client that names one of these betas, and only if it takes that beta. */
export interface GatedField {
  readonly in: RequestPart;
  readonly field: string;
  readonly betas: readonly string[];
}

/** An edit of `context_management`, by how its type begins, and the beta that it belongs to. */
export interface GatedEdit {
  readonly type: string;
  readonly beta: string;
}

/** Which betas a platform takes, under which names, and where it wants to read them. */
export interface BetaRules {
  readonly in: "header" | "body";
  /** All others are left out; without it, all but the refused ones are named. */
  readonly allowed?: ReadonlySet<string>;
  readonly refused?: ReadonlySet<string>;
  /** Names of Anthropic's own that the platform knows by another. */
  readonly aliases: Readonly<Record<string, string>>;
}

/**
 * A platform that serves the Messages API by rules of its own, as data. Translation reads these properties and never
 * the platform's title.
 */
export interface MessagesPlatform {
  /** For reports, e.g. `Amazon Bedrock`. */
  readonly title: string;
  /** `anthropic_version` in the body; missing where the version is a header. */
  readonly bodyVersion?: string;
  /** Fields that the path says instead of the body. */
  readonly pathHolds: readonly ("model" | "stream")[];
  /** Missing where betas are passed on as they come. */
  readonly betas?: BetaRules;
  readonly gatedFields: readonly GatedField[];
  readonly gatedEdits: readonly GatedEdit[];
  /** Claude Code's billing line, which only Anthropic itself reads. */
  readonly billingLine: "keep" | "cut";
  /** Earlier thinking: only what Anthropic's signatures vouch for, or all of it, with a word in place of what is missing. */
  readonly earlierThinking: "verified" | "always";
  /** How tokens are counted where that is not a request like any other. */
  readonly counting: "as-messages" | "invoke-body" | "model-in-body";
}

const caching = "prompt-caching-scope-2026-01-05";
const perTurn = "per-turn-control-2026-07-01";
const fastMode = "fast-mode-2026-02-01";
const toolSearch = "tool-search-tool-2025-10-19";
const contextManagement = "context-management-2025-06-27";
const compaction = "compact-2026-01-12";

/** Nowhere but at Anthropic. */
const firstPartyFields: readonly GatedField[] = [
  { in: "cache_control", field: "scope", betas: [caching] },
  { in: "message", field: "output_config", betas: [perTurn] },
  { in: "request", field: "speed", betas: [fastMode] },
];

// `cache_control.ttl` and `output_config.effort` began as betas and are taken without one by today's models; a model
// that refuses them still says so itself.
const cloudFields: readonly GatedField[] = [
  ...firstPartyFields,
  { in: "tool", field: "defer_loading", betas: [toolSearch] },
  { in: "tool", field: "input_examples", betas: ["tool-examples-2025-10-29"] },
  { in: "tool", field: "allowed_callers", betas: ["advanced-tool-use-2025-11-20"] },
  { in: "tool", field: "strict", betas: ["structured-outputs-2025-11-13", "structured-outputs-2025-12-15"] },
  { in: "tool", field: "eager_input_streaming", betas: ["fine-grained-tool-streaming-2025-05-14"] },
];

const cloudEdits: readonly GatedEdit[] = [
  { type: "clear_", beta: contextManagement },
  { type: "compact", beta: compaction },
];

const cloudAliases = { "advanced-tool-use-2025-11-20": toolSearch };

/**
 * Claude behind InvokeModel of Amazon Bedrock, which refuses a request for one beta that it does not know. Source: AWS,
 * "Anthropic Claude Messages API", and what InvokeModel was seen to take.
 */
export const bedrockInvoke: MessagesPlatform = {
  title: "Amazon Bedrock",
  bodyVersion: "bedrock-2023-05-31",
  pathHolds: ["model", "stream"],
  betas: {
    in: "body",
    allowed: new Set([
      "computer-use-2024-10-22",
      "computer-use-2025-01-24",
      "context-1m-2025-08-07",
      contextManagement,
      compaction,
      "dev-full-thinking-2025-05-14",
      "effort-2025-11-24",
      "fine-grained-tool-streaming-2025-05-14",
      "interleaved-thinking-2025-05-14",
      "mcp-client-2025-04-04",
      "mcp-client-2025-11-20",
      "model-context-window-exceeded-2025-08-26",
      "output-128k-2025-02-19",
      "pdfs-2024-09-25",
      "search-results-2025-06-09",
      "token-counting-2024-11-01",
      "token-efficient-tools-2025-02-19",
      "tool-examples-2025-10-29",
      toolSearch,
      "web-search-2025-03-05",
    ]),
    aliases: cloudAliases,
  },
  gatedFields: cloudFields,
  gatedEdits: cloudEdits,
  billingLine: "cut",
  earlierThinking: "verified",
  counting: "invoke-body",
};

/** Claude behind rawPredict of Google's Vertex AI. Source: Google Cloud, "Request predictions with Claude models". */
export const vertexRawPredict: MessagesPlatform = {
  title: "Vertex AI",
  bodyVersion: "vertex-2023-10-16",
  pathHolds: ["model"],
  betas: {
    in: "header",
    refused: new Set([caching, perTurn, fastMode, "files-api-2025-04-14", "code-execution-2025-05-22"]),
    aliases: cloudAliases,
  },
  gatedFields: cloudFields,
  gatedEdits: cloudEdits,
  billingLine: "cut",
  earlierThinking: "verified",
  counting: "model-in-body",
};

/** Claude in Azure AI Foundry: Anthropic's own API, where the model is the name of a deployment. */
export const azureFoundry: MessagesPlatform = {
  title: "Azure AI Foundry",
  pathHolds: [],
  betas: { in: "header", refused: new Set([caching, perTurn, fastMode]), aliases: {} },
  gatedFields: firstPartyFields,
  gatedEdits: [],
  billingLine: "keep",
  earlierThinking: "verified",
  counting: "as-messages",
};

/**
 * DeepSeek's endpoint for Anthropic's clients, which wants the thinking of every turn with tool calls back and reads
 * no signature. Source: api-docs.deepseek.com, "Anthropic API" and "Thinking mode".
 */
export const deepseekMessages: MessagesPlatform = {
  title: "DeepSeek",
  pathHolds: [],
  gatedFields: [],
  gatedEdits: [],
  billingLine: "cut",
  earlierThinking: "always",
  counting: "as-messages",
};
