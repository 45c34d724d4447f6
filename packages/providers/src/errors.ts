import type { UpstreamFailure } from "@drawbridge/translator";
import type { Place } from "./dispatch/attempt.ts";

/** Thrown when a call to a provider fails below its dialect. `failure.kind` is the code. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly failure: UpstreamFailure;
  /** Who failed, where a dispatcher had the choice. */
  readonly place: Place | undefined;

  constructor(failure: UpstreamFailure, options?: ErrorOptions & { readonly place?: Place | undefined }) {
    super(failure.message, options);
    this.failure = failure;
    this.place = options?.place;
  }
}

/** Tells a {@link ProviderError} even when two copies of this package are installed. */
export function isProviderError(error: unknown): error is ProviderError {
  return error instanceof Error && error.name === "ProviderError";
}

/** What can be wrong with a provider's settings. */
export type SettingsProblemCode =
  | "unknown-kind"
  | "unknown-dialect"
  | "missing-base-url"
  | "invalid-base-url"
  | "missing-place"
  | "invalid-place"
  | "missing-api-key"
  | "invalid-api-key"
  | "missing-cloud"
  | "invalid-credential"
  | "unused-setting"
  | "invalid-header"
  | "invalid-timeout";

/** One problem in a provider's settings. */
export interface SettingsProblem {
  readonly code: SettingsProblemCode;
  /** The setting at fault, below the provider's own name: `baseUrl`, `timeouts.idleMs`. */
  readonly setting: string;
  /** What was seen and what is wanted; never a secret. */
  readonly message: string;
}

/** Thrown when a provider cannot be made from its settings; `problems` has all that is wrong, not only the first. */
export class ProviderSettingsError extends Error {
  override readonly name = "ProviderSettingsError";
  readonly provider: string;
  readonly problems: readonly SettingsProblem[];

  constructor(provider: string, problems: readonly SettingsProblem[]) {
    super(problems.map((problem) => `providers.${provider}.${problem.setting}: ${problem.message}`).join("\n"));
    this.provider = provider;
    this.problems = problems;
  }
}

/** Tells a {@link ProviderSettingsError} even when two copies of this package are installed. */
export function isProviderSettingsError(error: unknown): error is ProviderSettingsError {
  return error instanceof Error && error.name === "ProviderSettingsError";
}
