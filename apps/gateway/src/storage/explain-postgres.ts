import { isGovernanceError } from "@drawbridge/governance";
import { StartError } from "../start-error.ts";

/** Where a PostgreSQL is, without the password: `db:5432/drawbridge as gateway`. */
export function postgresTitle(url: string): string {
  const { hostname, port, pathname, username } = new URL(url);
  const user = username === "" ? "" : ` as ${decodeURIComponent(username)}`;
  return `${hostname || "localhost"}:${port || "5432"}${decodeURIComponent(pathname)}${user}`;
}

/** What the codes of PostgreSQL and of the system mean to the person who starts a gateway. */
const remedies: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there; start the server, or mend the address",
  ENOTFOUND: "there is no host of that name; mend the address",
  EAI_AGAIN: "its name could not be resolved just now; look after DNS, or try again",
  ETIMEDOUT: "it does not answer; mend the address, or look for a firewall",
  EHOSTUNREACH: "there is no way to it; look after the network",
  "28P01": "it refuses the password; mend it",
  "28000": "it refuses the login; allow this user from this machine in pg_hba.conf",
  "3D000": "it has no database of that name; create it",
  "42501": "the user may not do what is needed; grant CREATE on the database once, or own the schema drawbridge",
  "25006": "it is a standby, which takes no writes; give the address of the primary",
  "53300": "it has no connections left; raise max_connections, or end others",
  "57P03": "it is just starting up; try again",
};

/** A StartError for why PostgreSQL cannot be used, without a secret; what is no error of it comes back as it is. */
export function explainPostgres(url: string, error: unknown): unknown {
  if (!isGovernanceError(error)) return error;
  const remedy = remedies[codeOf(error.cause)] ?? error.message;
  return new StartError(`storage.postgres: PostgreSQL at ${postgresTitle(url)} cannot be used: ${remedy}`, {
    cause: error,
  });
}

function codeOf(cause: unknown): string {
  if (typeof cause !== "object" || cause === null) return "";
  // Node tries several addresses of a host, and tells of all of them.
  if (cause instanceof AggregateError) return codeOf(cause.errors[0]);
  return "code" in cause && typeof cause.code === "string" ? cause.code : "";
}
