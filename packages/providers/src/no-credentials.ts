import { isProviderError, ProviderError } from "./errors.ts";

const longestCause = 300;

/** The error for a cloud that gave no credentials: says for which settings and, in words or those of its library, why. */
export function noCredentials(cloud: string, path: string, error: unknown): ProviderError {
  if (isProviderError(error)) return error;
  const cause = error instanceof Error ? error.message : String(error);
  const why = cause.replaceAll(/\s+/g, " ").slice(0, longestCause);
  const message = `The gateway has no ${cloud} credentials for ${path}: ${why}. Correct that part of its configuration or its environment.`;
  return new ProviderError({ kind: "unauthenticated", message }, { cause: error });
}
