import type { Directory } from "../directory/directory.ts";
import type { Decision } from "../errors.ts";
import type { DirectoryTrust } from "./follow-directory.ts";

/**
 * A directory that says only what can be relied on while its store is away: a key that is known stays so as long as it is
 * trusted, and one that is not known may have been made since. It refuses with `unconfirmed-key` where it cannot say.
 */
export function cautiousDirectory(directory: Directory, trust: () => DirectoryTrust): Directory {
  return {
    ...directory,
    authenticate(tokens, from) {
      const decision = directory.authenticate(tokens, from);
      const doubtful = decision.allowed ? "outdated" : "cut-off";
      if (!decision.allowed && decision.code !== "unknown-key") return decision;
      const trusted = trust();
      return trusted === doubtful || trusted === "outdated" ? unconfirmed : decision;
    },
  };
}

const unconfirmed: Decision<never> = Object.freeze({
  allowed: false,
  code: "unconfirmed-key",
  reason:
    "whether this key is valid cannot be found out just now, since the gateway does not reach its database; " +
    "try again in a moment, or tell whoever runs this gateway",
});
