import { GovernanceError } from "../errors.ts";
import type { TotalsQuestion } from "./book.ts";

/** Throws a GovernanceError for a question that has no answer. */
export function checkQuestion({ fromMs, toMs, timeZone = "UTC" }: TotalsQuestion): void {
  if (!(Number.isFinite(fromMs) && Number.isFinite(toMs))) {
    throw new GovernanceError(
      "invalid-question",
      `totals from ${fromMs} to ${toMs} are of no time; give ms since 1970`,
    );
  }
  try {
    new Intl.DateTimeFormat("en", { timeZone }).format();
  } catch {
    throw new GovernanceError("invalid-question", `there is no time zone "${timeZone}"; give one of IANA's names`);
  }
}
