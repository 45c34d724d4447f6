/** Why something was not allowed. */
export type DenialCode =
  | "missing-key"
  | "unknown-key"
  | "unconfirmed-key" // the store cannot be asked
  | "disabled-key" // or something above it
  | "revoked-key"
  | "expired-key" // or a value that was replaced
  | "address-not-allowed"
  | "endpoint-not-allowed"
  | "tool-not-allowed"
  | "provider-not-allowed"
  | "model-not-allowed"
  | "region-not-allowed"
  | "unknown-model"
  | "rule-refused"
  | "budget-spent" // money, until its period ends or somebody raises it
  | "quota-spent" // tokens or requests, for longer than a client waits
  | "rate-limited" // there is room again within a minute
  | "too-many-running" // what running requests hold is in the way
  | "request-too-large"; // for the limit, at any time

/** A refusal: a code for machines and a sentence that the person who asked can act on. Holds no secret. */
export interface Denial {
  readonly code: DenialCode;
  readonly reason: string;
}

/** What was decided: allowed, with the value the decision grants, or refused, with the reason. */
export type Decision<Granted = undefined> =
  | { readonly allowed: true; readonly value: Granted }
  | ({ readonly allowed: false } & Denial);

/** Why governance cannot be set up as asked, or cannot go on. */
export type GovernanceErrorCode =
  | "invalid-directory"
  | "invalid-pattern"
  | "invalid-target"
  | "invalid-limit"
  | "invalid-rule"
  | "rule-failed"
  | "invalid-reservation"
  | "journal-corrupt"
  | "journal-closed"
  | "store-unavailable"
  | "store-failed"
  | "weak-hash-key"
  | "wrong-hash-key"
  | "bad-random"
  | "invalid-entry"
  | "invalid-question"
  | "unknown-entry"
  | "entry-exists"
  | "entry-in-use"
  | "entry-changed"
  | "managed-by-file";

/**
 * Thrown when governance is set up or called wrongly, or cannot keep what it decides; never to refuse a request.
 * `message` names the entry and says what to do.
 */
export class GovernanceError extends Error {
  override readonly name = "GovernanceError";
  readonly code: GovernanceErrorCode;

  constructor(code: GovernanceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Tells a {@link GovernanceError} even when two copies of this package are installed. */
export function isGovernanceError(error: unknown): error is GovernanceError {
  return error instanceof Error && error.name === "GovernanceError";
}
