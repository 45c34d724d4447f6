import { reasons as shared } from "../../conversation/reasons.ts";

/** Why something of a Messages request stays behind in chat completions. */
export const reasons = {
  ...shared,
  thinkingAlone: "A turn that is nothing but thinking would be a message without content.",
  effortWithTools: "The model takes no reasoning effort beside tools in chat completions.",
} as const satisfies Readonly<Record<string, string>>;
