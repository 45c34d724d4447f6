import type { TotalsQuestion } from "../book/book.ts";
import type { LedgerEntry } from "../book/ledger-entry.ts";
import type { GovernanceErrorCode } from "../errors.ts";
import type { JournalPlace } from "../node/segmented-journal.ts";

/** What is asked of a view in another thread. */
export type ViewCall =
  | { readonly name: "place" | "close" }
  | { readonly name: "add"; readonly entries: readonly LedgerEntry[]; readonly behind: JournalPlace }
  | { readonly name: "entriesOf"; readonly requestId: string }
  | { readonly name: "totals"; readonly question: TotalsQuestion };

/** A call with a number. */
export interface ViewRequest {
  readonly id: number;
  readonly call: ViewCall;
}

/** The answer to the call of that number. */
export type ViewAnswer =
  | { readonly id: number; readonly value: unknown; readonly error?: undefined }
  | { readonly id: number; readonly error: { readonly code: GovernanceErrorCode; readonly message: string } };
