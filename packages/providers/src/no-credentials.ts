import { isProviderError, ProviderError } from "./errors.ts";

const longestCause = 300;

/** The error for a cloud that gave no credentials: says for which settings and, in words or those of its library, why. */
export function noCredentials(cloud: string, path: string, error: unknown): ProviderError {
  if (isProviderError(error)) return error;
  const message = `The gateway has no ${cloud} credentials for ${path}: ${reasonOf(error)}. Correct that part of its configuration or its environment.`;
  return new ProviderError({ kind: "unauthenticated", message }, { cause: error });
}

/** Stands in logs, so that it must not repeat what was read or run: both may hold the secret itself. */
function reasonOf(error: unknown): string {
  // JavaScript quotes the text that is not JSON.
  if (error instanceof SyntaxError) return "what was read is not JSON";
  const words = error instanceof Error ? error.message : String(error);
  // Node tells the whole command, such as a profile's `credential_process`, and all that it printed.
  if (words.startsWith("Command failed")) return "the command that is to give them has failed";
  return words.replaceAll(/\s+/g, " ").slice(0, longestCause);
}
