import type { AuthScheme } from "./catalog/entry.ts";
import type { SettingsProblem } from "./errors.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { Secret } from "./secret.ts";

/** Headers that go with every request, and what is wrong with the settings behind them. */
export interface CredentialHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly problems: readonly SettingsProblem[];
}

/** Makes the headers that carry the credential, and the configured ones over them; names in lower case. */
export function credentialHeaders(auth: AuthScheme, settings: ProviderSettings): CredentialHeaders {
  const headers: Record<string, string> = {};
  const problems: SettingsProblem[] = [];
  const key = settings.apiKey?.reveal();
  if (key !== undefined) {
    if (!isKey(key)) problems.push(invalidKey(key));
    if (auth === "bearer") headers["authorization"] = `Bearer ${key}`;
    else headers[auth] = key;
  }
  for (const [name, given] of Object.entries(settings.headers ?? {})) {
    const value = given instanceof Secret ? given.reveal() : given;
    if (isHeaderName(name) && isHeaderValue(value)) headers[name.toLowerCase()] = value;
    else problems.push({ code: "invalid-header", setting: `headers.${name}`, message: headerProblem(name) });
  }
  return { headers, problems };
}

/** A key has no blanks: those come from a file's line break or a careless paste. */
function isKey(key: string): boolean {
  return /^[\u0021-\u007e]+$/.test(key);
}

function invalidKey(key: string): SettingsProblem {
  const what = key === "" ? "is empty" : "contains a blank, a line break or a character outside ASCII";
  return { code: "invalid-api-key", setting: "apiKey", message: `the key ${what}; leave it out or correct it` };
}

/** Headers that describe the message itself and belong to the transport. */
const ownHeaders = new Set(["host", "content-length", "transfer-encoding", "connection", "upgrade", "expect"]);

// Source: RFC 9110, section 5.6.2 (token) and 5.5 (field value).
function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name) && !ownHeaders.has(name.toLowerCase());
}

function isHeaderValue(value: string): boolean {
  return /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value);
}

function headerProblem(name: string): string {
  if (ownHeaders.has(name.toLowerCase())) return "this header is set by the transport and cannot be configured";
  return isHeaderName(name) ? "the value has a line break or a character that HTTP cannot carry" : "not a header name";
}
