import { reasons as shared } from "../../conversation/reasons.ts";

/** Why something of a Messages request stays behind in Gemini's dialect. */
export const reasons = {
  ...shared,
  thoughtSummary: "Gemini takes its own thinking back as signatures; what it showed of it is not sent again.",
  foreignModel: "The signature was made by another Gemini model, and models refuse each other's.",
  budgetTokens: "A token budget is written as the nearest thinking level.",
  budgetRange: "The model takes another range of thinking tokens; the nearest value in it is sent.",
  effortClamped: "The model lacks this effort and gets the nearest thinking level it has.",
  effortBudget: "The model is told an effort as a number of thinking tokens.",
  mediaAddress: "Gemini reads files of Google's own stores only; the address stands in its place.",
  imageType: "Gemini takes no images of this type; a note stands in its place.",
  strictTool: "Gemini has no strict mode; the schema is sent all the same.",
  simplifiedSchema: "The endpoint knows a part of JSON Schema; what it does not know was left out or rewritten.",
  searchBesideFunctions: "The model cannot search beside other tools; the search was not offered.",
  functionsBesideSearch:
    "The search was asked for by name and cannot stand beside other tools, which were not offered.",
  searchForced: "Google's search cannot be forced; the model decides whether it needs one.",
  searchDomains: "Google searches everywhere; results of other sites are left out of the list.",
  searchOption: "Google's search has no such setting.",
  formatBesideFunctions: "The model takes no schema beside tools; it is told the schema in words.",
} as const satisfies Readonly<Record<string, string>>;
