import type { Evidence } from "./evidence.ts";

/** All that is known of a request, in one line, for whoever has to find out what went wrong with it. */
export function storyOf(label: string, { outcomes, bill, book }: Pick<Evidence, "outcomes" | "bill" | "book">): string {
  const outcome = outcomes.find((one) => one.label === label);
  const billed = bill
    .filter((row) => row.label === label)
    .map(({ inputTokens, outputTokens }) => `${inputTokens} in and ${outputTokens} out`);
  const rows = book
    .filter((row) => row.label === label)
    .map(({ attempt, kind, nanoUsd, source, outcome: end }) => `${attempt} ${kind} ${nanoUsd} ${source} ${end}`.trim());
  return `client ${outcome?.kind ?? "unknown"}; billed ${billed.join(", ")}; book: ${rows.join(", ") || "nothing"}`;
}
