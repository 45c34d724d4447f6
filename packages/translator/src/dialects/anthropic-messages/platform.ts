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
  /** What it is called by: the Messages API itself, or a model's path at Bedrock or Vertex. */
  readonly api: "messages" | "invoke-model" | "raw-predict";
  /** Missing where betas are passed on as they come. */
  readonly betas?: BetaRules;
  readonly gatedFields: readonly GatedField[];
  readonly gatedEdits: readonly GatedEdit[];
  /** Claude Code's billing line, which only Anthropic itself reads. */
  readonly billingLine: "keep" | "cut";
  /** Earlier thinking: only what Anthropic's signatures vouch for, or all of it, with a word in place of what is missing. */
  readonly earlierThinking: "verified" | "always";
  /** What becomes of a request with a field that is refused by name: the client is told, or it goes again without. */
  readonly refusedFields: "tell" | "leave-out";
  /** False where it counts no tokens before it answers. */
  readonly counts: boolean;
}
