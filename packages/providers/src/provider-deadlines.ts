import type { CatalogEntry } from "./catalog/entry.ts";
import type { Deadlines } from "./transport.ts";

/** How long the calls to a provider may take, in milliseconds. */
export interface ProviderDeadlines extends Deadlines {
  /** From a request for a whole answer to its head, which comes when the model has written all of it. */
  readonly wholeMs: number;
  /** The longest silence before the first content of a stream, and while the model thinks. `idleMs` is that while it writes. */
  readonly thinkingMs: number;
}

/** What holds for a vendor's service unless configuration says otherwise. */
export const defaultDeadlines: ProviderDeadlines = {
  connectMs: 3_000,
  firstByteMs: 60_000,
  wholeMs: 600_000,
  idleMs: 120_000,
  thinkingMs: 300_000,
  totalMs: 1_800_000,
};

/** A server of one's own may read a long prompt for minutes before it says anything, and then write slowly. */
const patientDeadlines: ProviderDeadlines = { ...defaultDeadlines, firstByteMs: 600_000, totalMs: 3_600_000 };

/** The deadlines of one provider. Whoever may write in silence for longer may think so as well. */
export function providerDeadlines(
  { local, baseUrl }: Pick<CatalogEntry, "local" | "baseUrl">,
  timeouts: Readonly<Partial<ProviderDeadlines>> = {},
): ProviderDeadlines {
  const usual = local === true || baseUrl === undefined ? patientDeadlines : defaultDeadlines;
  const thinkingMs = timeouts.thinkingMs ?? Math.max(usual.thinkingMs, timeouts.idleMs ?? 0);
  return { ...usual, ...timeouts, thinkingMs };
}

/** What of that a transport keeps: it sees bytes, and not whether a model thinks or writes. */
export interface CallDeadlines {
  readonly stream: Deadlines;
  readonly whole: Deadlines;
}

/** The deadlines of a provider's calls. */
export function callDeadlines(deadlines: ProviderDeadlines): CallDeadlines {
  const { connectMs, firstByteMs, wholeMs, idleMs, thinkingMs, totalMs } = deadlines;
  // Who may take long to the head of a stream may take as long behind it.
  const silenceMs = Math.max(idleMs, thinkingMs, firstByteMs);
  return {
    stream: { connectMs, firstByteMs, idleMs: silenceMs, totalMs },
    whole: { connectMs, firstByteMs: wholeMs, idleMs: silenceMs, totalMs },
  };
}
