import { ProviderError } from "@drawbridge/providers";
import type { SearchOutcome, SearchRounds, WebSearch } from "@drawbridge/translator";

/**
 * Makes the searches that an answer waits for, if any, all at once; gives the body of the call that follows, or undefined
 * when none does. A search that throws has failed, and the model is told so. Throws a ProviderError `cancelled` when the
 * client has left meanwhile.
 */
export async function nextRound(
  rounds: SearchRounds,
  search: WebSearch = nobody,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const wanted = rounds.searches();
  if (wanted === undefined) return undefined;
  const found = await Promise.all(wanted.map((query) => search(query, signal).catch(unavailable)));
  if (signal.aborted) throw new ProviderError({ kind: "cancelled", message: "The client left." });
  return rounds.resume(found);
}

const nobody: WebSearch = () => Promise.resolve(unavailable());

function unavailable(): SearchOutcome {
  return { ok: false, error: "unavailable" };
}
