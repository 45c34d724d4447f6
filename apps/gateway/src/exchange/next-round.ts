import type { SearchOutcome, SearchRounds, WebSearch } from "@drawbridge/translator";

/**
 * Makes the searches that an answer waits for, if any, all at once; gives the body of the call that follows, or undefined
 * when none does. A search that throws has failed, and the model is told so.
 */
export async function nextRound(
  rounds: SearchRounds,
  search: WebSearch = nobody,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const wanted = rounds.searches();
  if (wanted === undefined) return undefined;
  const found = await Promise.all(wanted.map((query) => search(query, signal).catch(unavailable)));
  return signal.aborted ? undefined : rounds.resume(found);
}

const nobody: WebSearch = () => Promise.resolve(unavailable());

function unavailable(): SearchOutcome {
  return { ok: false, error: "unavailable" };
}
