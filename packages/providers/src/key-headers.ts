import type { AuthScheme } from "./catalog/entry.ts";
import type { AuthHeaders } from "./credential.ts";
import type { SettingsProblem } from "./errors.ts";
import type { Secret } from "./secret.ts";

/** Headers that carry a key, and what is wrong with it. `setting` is where it stands. */
export function keyHeaders(
  auth: AuthScheme | readonly AuthScheme[],
  apiKey: Secret | undefined,
  setting: string,
): { readonly headers: AuthHeaders; readonly problems: readonly SettingsProblem[] } {
  if (apiKey === undefined) return { headers: {}, problems: [] };
  const key = apiKey.reveal();
  const schemes = typeof auth === "string" ? [auth] : auth;
  const headers = Object.fromEntries(schemes.map((scheme) => headerOf(scheme, key)));
  return { headers, problems: isKey(key) ? [] : [invalidKey(key, setting)] };
}

function headerOf(scheme: AuthScheme, key: string): readonly [name: string, value: string] {
  return scheme === "bearer" ? ["authorization", `Bearer ${key}`] : [scheme, key];
}

/** A key has no blanks: those come from a file's line break or a careless paste. */
function isKey(key: string): boolean {
  return /^[\u0021-\u007e]+$/.test(key);
}

function invalidKey(key: string, setting: string): SettingsProblem {
  const what = key === "" ? "is empty" : "contains a blank, a line break or a character outside ASCII";
  return { code: "invalid-api-key", setting, message: `the key ${what}; leave it out or correct it` };
}
