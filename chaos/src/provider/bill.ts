import { billFor } from "./chaos-price.ts";

/** One call that the provider answered, and what it takes for it. */
export interface BillRow {
  readonly label: string;
  readonly inputTokens: number;
  /** Tokens produced, up to the moment the caller left where it did. */
  readonly outputTokens: number;
  readonly nanoUsd: number;
}

/** The provider's own account, in which the gateway has no say. */
export interface Bill {
  readonly rows: readonly BillRow[];
  /** How many calls a request has led to so far, this one included. */
  arrive(label: string): number;
  /** Calls that are being answered. */
  readonly running: number;
  /** Opens a row: the input is billed from the first byte of an answer on. */
  open(label: string, inputTokens: number): BillEntry;
}

/** A row that is being written. */
export interface BillEntry {
  /** Bills output, whether or not anybody gets it. */
  produce(tokens: number): void;
  close(): void;
}

/** An empty account. */
export function createBill(): Bill {
  const rows: BillRow[] = [];
  const calls = new Map<string, number>();
  let running = 0;
  return {
    rows,
    get running() {
      return running;
    },
    arrive(label) {
      const call = (calls.get(label) ?? 0) + 1;
      calls.set(label, call);
      return call;
    },
    open(label, inputTokens) {
      let outputTokens = 0;
      let open = true;
      running += 1;
      return {
        produce: (tokens) => void (outputTokens += tokens),
        close() {
          if (!open) return;
          open = false;
          running -= 1;
          rows.push({ label, inputTokens, outputTokens, nanoUsd: billFor(inputTokens, outputTokens) });
        },
      };
    },
  };
}
