import { isLoose, listOf, loose, stringOf } from "../../json/loose.ts";

/** What the `details` of one of Google's errors say beside its words. Source: google.rpc, error_details.proto. */
export interface ErrorDetails {
  /** Seconds until another try is welcome. */
  readonly retryAfterSeconds: number | undefined;
  /** Reasons such as `API_KEY_INVALID`, joined by spaces. */
  readonly reasons: string;
  /** Names of the quotas that were exceeded, such as `GenerateRequestsPerDayPerProjectPerModel-FreeTier`. */
  readonly quotas: string;
}

/** Reads the details of an error, which may stand alone or in a list. */
export function readDetails(value: unknown): ErrorDetails {
  const body = loose<"error">(Array.isArray(value) ? value[0] : value);
  const error = isLoose<"details">(body.error) ? body.error : loose<"details">(body);
  const reasons: string[] = [];
  const quotas: string[] = [];
  let retryAfterSeconds: number | undefined;
  for (const item of listOf(error.details)) {
    const detail = loose<"reason" | "retryDelay" | "violations">(item);
    retryAfterSeconds ??= secondsOf(detail.retryDelay);
    reasons.push(stringOf(detail.reason) ?? "");
    for (const violation of listOf(detail.violations)) {
      quotas.push(stringOf(loose<"quotaId">(violation).quotaId) ?? "");
    }
  }
  return { retryAfterSeconds, reasons: reasons.join(" ").trim(), quotas: quotas.join(" ").trim() };
}

/** A duration in protobuf's JSON form, e.g. `17.5s`. */
function secondsOf(delay: unknown): number | undefined {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(stringOf(delay) ?? "")?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
