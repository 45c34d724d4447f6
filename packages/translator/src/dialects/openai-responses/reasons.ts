import { reasons as shared } from "../../conversation/reasons.ts";

/** Why something of a Messages request stays behind in the Responses API. */
export const reasons = {
  ...shared,
  thinkingAlone: "Reasoning that nothing follows in its turn is refused by the API.",
  thinkingUnsealed: "The provider gave this reasoning without the encrypted form in which it takes it back.",
  blockedDomains: "The provider's web search cannot leave out domains, so it is not offered at all.",
  searchOption: "The provider's web search has no such setting.",
} as const satisfies Readonly<Record<string, string>>;
