import { readParameter } from "../openai-chat/refused-parameter.ts";

/** How Bedrock says that a model does not take a field; the group names it by its path in the request. */
const refusals: readonly RegExp[] = [
  // "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try again."
  /(?:doesn't|does not) support the (?<path>[\w.[\]]+) field/i,
  // "Malformed input request: #/toolConfig/tools/18: extraneous key [cachePoint] is not permitted, please reformat …"
  /#\/(?<path>[\w/]*): extraneous key \[(?<key>\w+)\] is not permitted/i,
  // "`temperature` is deprecated for this model."
  /`(?<path>[a-z_]+)` is (?:deprecated|not supported)/i,
  // "thinking.type.adaptive: …", "output_config.effort: Extra inputs are not permitted"
  /(?<path>[a-z_][\w.]*): extra inputs are not permitted/i,
];

/** Refusals that name no field; each is repaired under the name given here. */
const sentences: readonly { readonly field: string; readonly pattern: RegExp }[] = [
  {
    field: "cachePoint",
    pattern: /did not allow prompt caching|prompt caching is not supported|cachePoint.{0,40}not supported/i,
  },
  {
    field: "prefill",
    pattern: /does not support assistant message prefill|conversation must end with a user message/i,
  },
  { field: "reasoningContent", pattern: /messages cannot contain reasoning content/i },
  {
    field: "mixed",
    pattern: /conversation blocks and tool (?:use|result) blocks cannot be provided in the same turn/i,
  },
  { field: "top_p", pattern: /temperature\W+and\W+top_p\W+cannot both be specified/i },
  { field: "toolChoice", pattern: /thinking may not be enabled when tool_choice forces/i },
  { field: "adaptive", pattern: /adaptive thinking is not supported|thinking\.type\.adaptive\W+is not supported/i },
  { field: "enabled", pattern: /thinking\.type\.enabled\W+is not supported/i },
  { field: "thinking", pattern: /(?:does not|doesn't) support (?:extended )?thinking/i },
];

/**
 * The field that a model refuses: its path from the root of the request, its name in the model's own dialect, or one
 * of the names in this file; undefined when the refusal is about something else.
 */
export function readRefusedField(message: string): string | undefined {
  const told = sentences.find(({ pattern }) => pattern.test(message))?.field;
  if (told !== undefined) return told;
  for (const refusal of refusals) {
    const groups = refusal.exec(message)?.groups;
    if (groups === undefined) continue;
    const steps = [...(groups["path"] ?? "").split(/[./[\]]+/), groups["key"] ?? ""];
    return steps.filter((step) => step !== "" && !/^\d+$/.test(step)).join(".");
  }
  return readParameter({
    message,
    codes: "",
    status: undefined,
    parameter: undefined,
    inputTokens: undefined,
    limitTokens: undefined,
  });
}
