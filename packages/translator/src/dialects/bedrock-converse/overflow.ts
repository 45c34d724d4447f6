import { readOverflow } from "../openai-chat/overflow.ts";

type Overflow = ReturnType<typeof readOverflow>;

/** How Bedrock itself, and models that no other provider has, say that a request is too long. */
const wordings: readonly {
  readonly kind: "context-overflow" | "max-tokens-too-large";
  readonly pattern: RegExp;
}[] = [
  // "The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096."
  { kind: "max-tokens-too-large", pattern: /maximum tokens you requested exceeds? the model limit of (?<limit>\d+)/i },
  // Titan: "Too many input tokens. Max input tokens: 8192, request input token count: 11513"
  {
    kind: "context-overflow",
    pattern: /too many input tokens(?:. max input tokens: (?<limit>\d+), request input token count: (?<input>\d+))?/i,
  },
  // Nova: "Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input to try again."
  { kind: "context-overflow", pattern: /input tokens exceeded|number of input tokens exceeds maximum length/i },
];

/** Recognises a message that says the request is too long, and takes the numbers out of it. */
export function readConverseOverflow(message: string): Overflow {
  for (const { kind, pattern } of wordings) {
    const groups = pattern.exec(message)?.groups;
    if (groups === undefined && !pattern.test(message)) continue;
    return {
      kind,
      ...(groups?.["limit"] !== undefined && { limitTokens: Number(groups["limit"]) }),
      ...(groups?.["input"] !== undefined && { inputTokens: Number(groups["input"]) }),
    };
  }
  return readOverflow(message, "");
}
