import { GovernanceError, isGovernanceError } from "../errors.ts";

/** Classes of SQLSTATE that say nothing of the statement: no connection, no resources, the server or somebody ended it. */
const unavailable = /^(?:08|25P03|53|57|58)/u;
/** Errors of Node and of the driver that come without a SQLSTATE. */
const unreachable = /^E[A-Z]+$|timeout|timed out|terminated|closed|ended|not queryable/iu;

/**
 * Does work, and makes what a driver throws an error of this package. The text of the statement and its parameters, which
 * drizzle puts in its message, are left out: they can hold what nobody may read. Other errors stay as they are.
 */
export async function withStoreErrors<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw storeError(error);
  }
}

function storeError(error: unknown): unknown {
  if (isGovernanceError(error)) return error;
  const cause = driverErrorOf(error);
  if (cause === undefined) return error;
  const { message } = cause;
  if (isUnavailable(cause)) {
    return new GovernanceError("store-unavailable", `the database cannot be used now (${message})`, { cause });
  }
  return new GovernanceError("store-failed", `the database refused a statement (${message})`, { cause });
}

/** Drizzle wraps the driver's error; what is neither was thrown by the work itself. */
function driverErrorOf(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "DrizzleQueryError" || error.message.startsWith("Failed query:")) {
    return error.cause instanceof Error ? error.cause : undefined;
  }
  return "code" in error || unreachable.test(error.message) ? error : undefined;
}

function isUnavailable(error: Error): boolean {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return unavailable.test(code) || unreachable.test(code) || (code === "" && unreachable.test(error.message));
}
