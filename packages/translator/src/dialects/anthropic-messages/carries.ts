import type { CarryRow } from "../carries.ts";

/** What becomes of each feature of the Messages API at a server that speaks it itself. The documentation prints this table. */
export const messagesCarries: readonly CarryRow[] = [
  {
    feature: "Everything the client sends, known to this version or not",
    carried: "yes",
    how: "The client's bytes go to the provider and the answer's bytes come back; only what stands below is changed.",
  },
  {
    feature: "model",
    carried: "yes",
    how: "It is replaced by the provider's own name of the model, and back in the answer.",
  },
  {
    feature: "[1m] at the end of a model's name",
    carried: "yes",
    how: "The name goes without it, and the beta of the long context is named for it.",
  },
  {
    feature: "Counting tokens",
    carried: "yes",
    how: "The provider counts; an estimate that errs high serves where it does not, or takes more than a few seconds.",
  },
  {
    feature: "Claude Code's billing line at the head of the system prompt",
    carried: "yes",
    how: "It stays, first and in a block of its own, because Anthropic reads it.",
  },
  {
    feature: "Thinking that another provider's model wrote",
    carried: "no",
    how: "Anthropic refuses signatures that are not its own; such blocks are cut out, and a message that holds nothing else with them.",
  },
  { feature: "Thinking without a signature", carried: "no", how: "Anthropic refuses it, so it is cut out." },
  {
    feature: "thinking with a fixed budget, where the last tool call has lost its thinking",
    carried: "no",
    how: "Anthropic refuses to go on thinking there, so thinking is off for that one request, and clearing thinking with it.",
  },
  {
    feature: "System messages in mid-conversation, adaptive thinking, thinking budgets and effort",
    carried: "yes",
    how: "A model that refuses one of them is sent the request again in a form that it takes, and from then on at once: what the system says as the user's, after the results of calls, in <system-reminder> tags; a budget for adaptive thinking and the other way round; no effort.",
  },
  {
    feature: "Headers anthropic-version and anthropic-beta",
    carried: "yes",
    how: "They are passed on unchanged, whatever betas they name.",
  },
  {
    feature: "The client's credentials",
    carried: "no",
    how: "They are keys of the gateway; the provider gets the gateway's own.",
  },
  {
    feature: "Web searches in the history that Claude did not make",
    carried: "partly",
    how: "In words, with their citations left out: the API refuses search results that it has not encrypted itself.",
  },
];
