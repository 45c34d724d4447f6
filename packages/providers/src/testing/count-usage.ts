import type { Answer, AnswerUsage } from "./answer.ts";

const tokens = (text: string): number => Math.ceil(text.length / 4);

/** What the provider says an answer cost: the script's own numbers, and a count for those it leaves out. */
export function countUsage(answer: Answer, requestBytes: number): Required<AnswerUsage> {
  const given = answer.usage === "none" || answer.usage === undefined ? {} : answer.usage;
  const thinkingTokens = given.thinkingTokens ?? tokens(answer.thinking ?? "");
  const calls = (answer.toolCalls ?? []).map((call) => call.name + argumentsOf(call)).join("");
  return {
    inputTokens: given.inputTokens ?? Math.ceil(requestBytes / 4),
    outputTokens: given.outputTokens ?? Math.max(1, thinkingTokens + tokens((answer.text ?? "") + calls)),
    cacheReadTokens: given.cacheReadTokens ?? 0,
    cacheWriteTokens: given.cacheWriteTokens ?? 0,
    thinkingTokens,
  };
}

/** The arguments of a tool call as the model wrote them. */
export function argumentsOf(call: { readonly input: unknown; readonly rawArguments?: string }): string {
  return call.rawArguments ?? JSON.stringify(call.input);
}
