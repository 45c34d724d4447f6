/** The parts of a Messages request that hold fields which not every platform takes. */
export type RequestPart = "request" | "message" | "block" | "inner" | "tool" | "cache_control" | "management" | "edit";

/**
 * A field that a platform takes only from a client that names one of these betas, and only if it takes that beta; where
 * there are none it never takes it.
 */
export interface GatedField {
  readonly in: RequestPart;
  readonly field: string;
  readonly betas: readonly string[];
  /** Why it stays behind, where no beta is the reason. */
  readonly reason?: string;
}

/** Types of blocks that a platform takes; the others are put into words. */
export interface BlockTypes {
  readonly inMessages: ReadonlySet<string>;
  /** In the content of tool results. */
  readonly inResults: ReadonlySet<string>;
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
  /** What it is called by: the Messages API itself, or a model's path at Bedrock or Vertex. */
  readonly api: "messages" | "invoke-model" | "raw-predict";
  /** Missing where betas are passed on as they come. */
  readonly betas?: BetaRules;
  readonly gatedFields: readonly GatedField[];
  readonly gatedEdits: readonly GatedEdit[];
  /** Claude Code's billing line, which only Anthropic itself reads. */
  readonly billingLine: "keep" | "cut";
  /** Messages of the role system in mid-conversation: as they are, or as the user's. */
  readonly systemMessages: "native" | "as-user";
  /** Missing where all blocks are taken. */
  readonly blocks?: BlockTypes;
  /**
   * Earlier thinking: only what Anthropic's signatures vouch for; all of it as it is; or all of it, with a word in place
   * of what a turn with calls has lost.
   */
  readonly earlierThinking: "verified" | "kept" | "always";
  /** True where a web search that the request declares is made. */
  readonly webSearch: boolean;
  /** What becomes of a request with a field that is refused by name: the client is told, or it goes again without. */
  readonly refusedFields: "tell" | "leave-out";
  /** False where it counts no tokens before it answers. */
  readonly counts: boolean;
}
