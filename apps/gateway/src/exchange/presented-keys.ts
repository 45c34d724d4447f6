import type { IncomingHttpHeaders } from "node:http";

/**
 * The virtual key that a request presents, from `x-api-key` or `Authorization: Bearer`. Claude Code sends one or the
 * other, or both with different values when two variables are set; then the bearer token is the one that its user
 * meant for the gateway (`ANTHROPIC_AUTH_TOKEN`), so all are tried in that order.
 */
export function presentedKeys(headers: IncomingHttpHeaders): readonly string[] {
  const bearer = bearerToken(headers.authorization);
  const apiKey = headers["x-api-key"];
  const keys: string[] = [];
  if (bearer !== undefined) keys.push(bearer);
  if (typeof apiKey === "string" && apiKey !== "" && apiKey !== bearer) keys.push(apiKey.trim());
  return keys;
}

const usualScheme = "Bearer ";

/**
 * Cut off where it is written as nearly all clients write it. In a loop of its own an expression takes no longer, but its
 * code is seldom in the caches when a request comes.
 */
function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const { length } = usualScheme;
  if (authorization.startsWith(usualScheme) && isWord(authorization, length)) return authorization.slice(length);
  return /^bearer\s+(\S+)\s*$/i.exec(authorization)?.[1];
}

/** True where there are visible characters alone from an offset on, as in all keys. The whole is looked at: letters of a part are dearer. */
function isWord(text: string, from: number): boolean {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code >= 0x7f) return false;
  }
  return text.length > from;
}
