/** What of the Messages API a model may lack, beyond single fields. */
export type RefusedFeature =
  | "system-role"
  | "adaptive-thinking"
  | "thinking-budget"
  | "thinking"
  | "effort"
  | RefusedBlock;

/** A type of block that a model takes none of. */
export type RefusedBlock = "image" | "document" | "tool_reference";

interface Refusal {
  readonly feature: RefusedFeature;
  readonly pattern: RegExp;
}

/** How models say so: Anthropic's own words, and those of servers that check requests by an older schema. */
const aboutModel: readonly Refusal[] = [
  {
    feature: "system-role",
    pattern:
      /\.role: input should be 'user' or 'assistant'|unexpected role ["'`]?system|capability_rejected: mid_conv_system/iu,
  },
  {
    feature: "adaptive-thinking",
    pattern:
      /adaptive thinking is not supported|'adaptive' is not supported|thinking\.type\.adaptive\W+is not supported|thinking: input tag 'adaptive' found|capability_rejected: thinking_type:adaptive/iu,
  },
  { feature: "thinking-budget", pattern: /thinking\.type\.enabled\W+is not supported/iu },
  {
    feature: "effort",
    pattern: /(?:does not|doesn't) support the effort parameter|capability_rejected: effort_unsupported/iu,
  },
  {
    feature: "thinking",
    pattern: /(?:does not|doesn't) support (?:extended )?thinking|invalid thinking: only type=/iu,
  },
  // DeepSeek: "unknown variant `image`, expected one of `text`, …"; Moonshot: "unsupported content type in
  // ContentBlockParamUnion: tool_reference"; elsewhere "This model does not support image input."
  {
    feature: "image",
    pattern:
      /(?:unknown variant|unsupported content type)[^`'":]*[:`'" ]+image\b|(?:does not|doesn't) support (?:image|vision)|images? (?:input )?(?:is|are) not supported/iu,
  },
  {
    feature: "document",
    pattern:
      /(?:unknown variant|unsupported content type)[^`'":]*[:`'" ]+document\b|(?:does not|doesn't) support (?:documents|pdf)/iu,
  },
  {
    feature: "tool_reference",
    pattern: /(?:unknown variant|unsupported content type)[^`'":]*[:`'" ]+tool_reference\b/iu,
  },
];

/** The model takes such messages, but not in this place of this conversation. */
const misplaced = /role ["'`]?system["'`]? must follow/iu;

/** What a model has said that it lacks, so that every request to it had better leave it out. */
export function readLackingFeature(message: string): RefusedFeature | undefined {
  return aboutModel.find(({ pattern }) => pattern.test(message))?.feature;
}

/** What a request has to do without to pass, for good or this once. */
export function readRefusedFeature(message: string): RefusedFeature | undefined {
  return misplaced.test(message) ? "system-role" : readLackingFeature(message);
}
