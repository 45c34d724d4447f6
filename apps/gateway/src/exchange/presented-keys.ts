import type { IncomingHttpHeaders } from "node:http";

/**
 * The virtual key that a request presents, from `x-api-key` or `Authorization: Bearer`. Claude Code sends one or the
 * other, or both with different values when two variables are set; then the bearer token is the one that its user
 * meant for the gateway (`ANTHROPIC_AUTH_TOKEN`), so all are tried in that order.
 */
export function presentedKeys(headers: IncomingHttpHeaders): readonly string[] {
  const bearer = /^bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? "")?.[1];
  const apiKey = headers["x-api-key"];
  const keys: string[] = [];
  if (bearer !== undefined) keys.push(bearer);
  if (typeof apiKey === "string" && apiKey !== "" && apiKey !== bearer) keys.push(apiKey.trim());
  return keys;
}
