import { reasons as shared } from "../../conversation/reasons.ts";

/** Why something of a Messages request stays behind in chat completions. */
export const reasons = {
  ...shared,
  thinkingAlone: "A turn that is nothing but thinking would be a message without content.",
  effortWithTools: "The model takes no reasoning effort beside tools in chat completions.",
  functionsBesideSearch: "The model searches by itself and takes no tools beside.",
  searchOption: "The provider's search has no such setting.",
} as const satisfies Readonly<Record<string, string>>;
