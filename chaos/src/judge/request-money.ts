import type { BillRow } from "../provider/bill.ts";
import { countingRows } from "./counting-rows.ts";
import type { BookRow } from "./evidence.ts";

/** What the provider billed for a client's request, and what the book says of it, in nano-USD. */
export interface RequestMoney {
  readonly label: string;
  readonly key: string;
  readonly billed: number;
  readonly recorded: number;
  /** The part of what was recorded that is told as the provider's own count. */
  readonly known: number;
  /** The part that was charged since its gateway never came back. */
  readonly expired: number;
}

/** Puts the bill beside the book, request by request. `keyOf` names the key of a request. */
export function compareRequests(
  bill: readonly BillRow[],
  book: readonly BookRow[],
  keyOf: ReadonlyMap<string, string>,
): RequestMoney[] {
  const billed = Map.groupBy(bill, ({ label }) => label);
  const nameless = book.filter(({ label, requestId }) => label === requestId);
  const named = Map.groupBy(
    book.filter(({ label, requestId }) => label !== requestId),
    ({ label }) => label,
  );
  const requests = [...new Set([...billed.keys(), ...named.keys()])].map((label): RequestMoney => {
    const rows = countingRows(named.get(label) ?? []);
    return {
      label,
      key: keyOf.get(label) ?? "",
      billed: sum(billed.get(label) ?? []),
      recorded: sum(rows),
      known: sum(rows.filter(({ source }) => source === "final")),
      expired: sum(rows.filter(({ kind }) => kind === "expire")),
    };
  });
  return attribute(requests, countingRows(nameless));
}

/**
 * A gateway that was killed before its first word to the book leaves a hold that is charged later to its key, with no
 * label: such entries stand for the requests of the key that have none.
 */
function attribute(requests: readonly RequestMoney[], nameless: readonly BookRow[]): RequestMoney[] {
  const left = new Map<string, number>();
  for (const { key, nanoUsd } of nameless) left.set(key, (left.get(key) ?? 0) + nanoUsd);
  const settled = requests.map((request) => {
    const { key, billed, recorded, expired } = request;
    const found = Math.min(billed - recorded, left.get(key) ?? 0);
    if (found <= 0) return request;
    left.set(key, (left.get(key) ?? 0) - found);
    return { ...request, recorded: recorded + found, expired: expired + found };
  });
  const rest = Array.from(left, ([key, recorded]): RequestMoney => {
    return { label: `${key}, unnamed`, key, billed: 0, recorded, known: 0, expired: recorded };
  });
  return [...settled, ...rest];
}

function sum(rows: readonly { readonly nanoUsd: number }[]): number {
  return rows.reduce((total, { nanoUsd }) => total + nanoUsd, 0);
}
