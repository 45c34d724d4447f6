import { readBetas } from "@drawbridge/translator";

/** Reads which betas a header names. */
export type BetaReader = (header: string | readonly string[] | undefined) => readonly string[];

/** A reader that knows its last header again: Claude Code names the same betas in every request. */
export function createBetaReader(): BetaReader {
  let last: Parameters<BetaReader>[0];
  let names: readonly string[] = [];
  return (header) => {
    if (header === last) return names;
    names = readBetas(header);
    last = header;
    return names;
  };
}
