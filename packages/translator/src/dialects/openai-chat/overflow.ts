import type { UpstreamFailure } from "../../messages/failure.ts";

/** Numbers that an overflow message may hold. */
type Numbers = Pick<UpstreamFailure, "inputTokens" | "maxTokens" | "limitTokens">;

interface Wording {
  readonly pattern: RegExp;
  readonly kind: "context-overflow" | "output-overflow" | "max-tokens-too-large";
}

/**
 * How providers say that a request is too long, most telling first: named groups are the numbers in it.
 * `total` is input and answer together. Each line names who says so.
 */
const wordings: readonly Wording[] = [
  // OpenAI (old): both parts told
  say(
    "output-overflow",
    String.raw`maximum context length is (?<limit>[\d,_]+) tokens.*?requested (?<total>[\d,_]+) tokens \((?<input>[\d,_]+) in the (?:messages|prompt|input)[^)]*?,? (?<max>[\d,_]+) (?:in|for) the (?:completion|output)`,
  ),
  // vLLM: "(15000 in the messages, 4096 in the completion)" is above; newer: "passed N input tokens and requested M output tokens"
  say(
    "output-overflow",
    String.raw`passed (?<input>[\d,_]+) input tokens and requested (?<max>[\d,_]+) output tokens.*?(?:context length|input length) is (?:only )?(?<limit>[\d,_]+)`,
  ),
  // SGLang
  say(
    "output-overflow",
    String.raw`maximum context length of (?<limit>[\d,_]+) tokens.*?total of (?<total>[\d,_]+) tokens: (?<input>[\d,_]+) tokens from the input messages and (?<max>[\d,_]+) tokens for the completion`,
  ),
  // vLLM: "'max_tokens' or 'max_completion_tokens' is too large: 32000. This model's maximum context length is 32768 tokens and your request has 5000 input tokens"
  say(
    "output-overflow",
    String.raw`max_(?:completion_)?tokens['"\x60]? (?:or .{0,40} )?is too large: (?<max>[\d,_]+)\.? .*?maximum context length is (?<limit>[\d,_]+) tokens and your request has (?<input>[\d,_]+) input tokens`,
  ),
  // OpenRouter: "maximum context length is L tokens. However, you requested about T tokens (a of text input, b of tool input, c in the output)"
  say(
    "output-overflow",
    String.raw`maximum context length is (?<limit>[\d,_]+) tokens.*?requested about (?<total>[\d,_]+) tokens \((?:.*?, )?(?<max>[\d,_]+) in the output\)`,
  ),
  // Anthropic and its imitators
  say(
    "output-overflow",
    String.raw`input length and .?max_tokens.? exceed context limit: (?<input>[\d,_]+) \+ (?<max>[\d,_]+) > (?<limit>[\d,_]+)`,
  ),
  say("context-overflow", String.raw`prompt is too long: (?<input>[\d,_]+) tokens > (?<limit>[\d,_]+)`),
  // OpenAI
  say(
    "context-overflow",
    String.raw`maximum context length is (?<limit>[\d,_]+) tokens.*?(?:resulted in|messages? (?:has|have|contains?)|request has|requested) (?:about )?(?<input>[\d,_]+)`,
  ),
  // SGLang, vLLM
  say(
    "context-overflow",
    String.raw`(?:input|prompt) \((?:length |total length )?(?<input>[\d,_]+)(?: tokens)?\).*?(?:longer than|exceeds).*?\(?(?:context length|maximum model length(?: of)?|max_model_len)[^\d]{0,20}(?<limit>[\d,_]+)`,
  ),
  // Google
  say(
    "context-overflow",
    String.raw`input token count \((?<input>[\d,_]+)\) exceeds the maximum number of tokens allowed \((?<limit>[\d,_]+)\)`,
  ),
  // GitHub Copilot; xAI: "maximum prompt length is L but the request contains N tokens"
  say("context-overflow", String.raw`prompt token count of (?<input>[\d,_]+) exceeds the limit of (?<limit>[\d,_]+)`),
  say(
    "context-overflow",
    String.raw`maximum prompt length is (?<limit>[\d,_]+) but the request contains (?<input>[\d,_]+)`,
  ),
  // llama.cpp: "request (N tokens) exceeds the available context size (L tokens)"
  say(
    "context-overflow",
    String.raw`request \((?<input>[\d,_]+) tokens\) exceeds the available context size \((?<limit>[\d,_]+)`,
  ),
  say("context-overflow", String.raw`exceeds the available context size(?: \((?<limit>[\d,_]+))?`),
  // LM Studio
  say(
    "context-overflow",
    String.raw`keep the first (?<input>[\d,_]+) tokens when context the overflows.*?context length of only (?<limit>[\d,_]+)`,
  ),
  // Mistral: "Prompt contains N tokens … too large for model with L maximum context length"
  say(
    "context-overflow",
    String.raw`prompt contains (?<input>[\d,_]+) tokens.*?too large for model with (?<limit>[\d,_]+) maximum context length`,
  ),
  // Moonshot: "exceeded model token limit: L (requested: N)"
  say(
    "context-overflow",
    String.raw`exceeded model token limit: (?<limit>[\d,_]+)(?: \(requested: (?<input>[\d,_]+)\))?`,
  ),
  // DashScope: "Range of input length should be [1, L]"
  say("context-overflow", String.raw`range of input length should be \[\d+, (?<limit>[\d,_]+)\]`),
  // DashScope, DeepSeek, Groq, OpenAI: the answer's own limit
  say("max-tokens-too-large", String.raw`range of max_tokens should be \[\d+, (?<limit>[\d,_]+)\]`),
  say("max-tokens-too-large", String.raw`valid range of max_tokens is \[\d+, (?<limit>[\d,_]+)\]`),
  say(
    "max-tokens-too-large",
    String.raw`max_(?:completion_|output_)?tokens['"\x60]?(?: is too large)?: (?<max>[\d,_]+)[.> ].*?(?:at most |maximum (?:value|allowed)?[^\d]{0,60}|> ?)(?<limit>[\d,_]+)`,
  ),
  say(
    "max-tokens-too-large",
    String.raw`max_(?:completion_|output_)?tokens['"\x60]? (?:must be|should be|cannot be|is limited to|exceeds)[^\d]{0,60}(?<limit>[\d,_]+)`,
  ),
  say(
    "max-tokens-too-large",
    String.raw`max_(?:completion_|output_)?tokens['"\x60]?.{0,40}(?:less than or equal to|at most|<=|≤|maximum (?:value )?(?:is|of)) ?['"\x60]?(?<limit>[\d,_]+)`,
  ),
  // OpenAI by the limit's name alone, Bedrock, and others without numbers
  say("context-overflow", String.raw`maximum context length(?: (?:is|of) (?<limit>[\d,_]+))?`),
  say(
    "context-overflow",
    String.raw`input (?:is )?too long for requested model|exceeds? (?:the )?(?:model'?s? )?(?:maximum )?context (?:window|length|size|limit)|context window exceeds limit|context.?(?:window|length|size).{0,30}exceed|longer than the maximum model length|longer than the model'?s context length|input token length too long|input length .{0,40}exceeds|reduce the length of the (?:messages|prompt|input)|prompt is too long|too many (?:input )?tokens in (?:the )?(?:prompt|request)|exceeds the maximum number of tokens allowed|maximum prompt length`,
  ),
];

const overflowCodes =
  /context_length_exceeded|exceed_context_size|model_max_prompt_tokens_exceeded|context_window_exceeded|string_above_max_context/;

/** Recognises a message, or a code, that says the request is too long, and takes the numbers out of it. */
export function readOverflow(
  message: string,
  codes: string,
): (Numbers & { readonly kind: Wording["kind"] }) | undefined {
  for (const { pattern, kind } of wordings) {
    const found = pattern.exec(message);
    if (found !== null) return settle(kind, found.groups ?? {});
  }
  return overflowCodes.test(codes) ? { kind: "context-overflow" } : undefined;
}

function settle(
  kind: Wording["kind"],
  groups: Readonly<Record<string, string | undefined>>,
): Numbers & { readonly kind: Wording["kind"] } {
  const limitTokens = toNumber(groups["limit"]);
  const maxTokens = toNumber(groups["max"]);
  const total = toNumber(groups["total"]);
  const rest = total === undefined || maxTokens === undefined ? undefined : total - maxTokens;
  const inputTokens = toNumber(groups["input"]) ?? rest;
  // When the prompt alone is over the limit a smaller answer would not help.
  const hopeless = kind === "output-overflow" && (inputTokens ?? 0) >= (limitTokens ?? Infinity);
  return {
    kind: hopeless ? "context-overflow" : kind,
    ...(inputTokens !== undefined && { inputTokens }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(limitTokens !== undefined && { limitTokens }),
  };
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text.replaceAll(/[,_]/g, ""));
}

function say(kind: Wording["kind"], pattern: string): Wording {
  return { kind, pattern: new RegExp(pattern, "is") };
}
