import type { BookDimension, BookTotal, TotalsQuestion } from "./book.ts";
import { checkQuestion } from "./check-question.ts";
import type { LedgerEntry } from "./ledger-entry.ts";

type Sums = { -readonly [Field in keyof BookTotal]: BookTotal[Field] };

/** Totals of entries that are all at hand. Throws a GovernanceError for a question that has no answer. */
export function totalsOf(entries: Iterable<LedgerEntry>, question: TotalsQuestion): BookTotal[] {
  checkQuestion(question);
  const { by, fromMs, toMs, where = {}, timeZone = "UTC" } = question;
  const dayOf = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  const wanted = Object.entries(where);
  const totals = new Map<string, Sums>();
  const inQuestion = [...entries].filter(
    (entry) =>
      entry.admittedMs >= fromMs &&
      entry.admittedMs < toMs &&
      wanted.every(([field, value]) => new Map(Object.entries(entry)).get(field) === value),
  );
  const ended = inQuestion.filter(({ kind }) => kind === "close" || kind === "void");
  const closed = new Set(ended.map(attemptOf));
  for (const entry of inQuestion) {
    if (!counts(entry, closed)) continue;
    const of = groupOf(entry, by, dayOf.format(entry.admittedMs));
    const name = JSON.stringify(by.map((dimension) => of[dimension] ?? null));
    const known = totals.get(name) ?? {
      of,
      attempts: 0,
      nanoUsd: 0,
      estimatedNanoUsd: 0,
      inputTokens: 0,
      outputTokens: 0,
    };
    totals.set(name, known);
    add(known, entry);
  }
  return [...totals].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, total]) => total);
}

function counts(entry: LedgerEntry, closed: ReadonlySet<string>): boolean {
  if (entry.kind === "expire") return !closed.has(attemptOf(entry));
  return entry.kind === "close" || entry.kind === "adjust";
}

function attemptOf({ requestId, attempt }: LedgerEntry): string {
  return `${attempt} ${requestId}`;
}

function groupOf(entry: LedgerEntry, by: readonly BookDimension[], day: string): BookTotal["of"] {
  const of: Partial<Record<BookDimension, string>> = {};
  for (const dimension of by) {
    const value = dimension === "day" ? day : dimension === "month" ? day.slice(0, 7) : entry[dimension];
    if (value !== undefined) of[dimension] = value;
  }
  return of;
}

function add(total: Sums, { kind, source, nanoUsd, usage }: LedgerEntry): void {
  if (kind !== "adjust") total.attempts += 1;
  total.nanoUsd += nanoUsd;
  if (source === "estimated") total.estimatedNanoUsd += nanoUsd;
  if (usage === undefined) return;
  const { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens } = usage;
  total.inputTokens += inputTokens + cacheReadTokens + cacheWrite5mTokens + cacheWrite1hTokens;
  total.outputTokens += outputTokens;
}
