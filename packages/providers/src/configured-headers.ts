import type { SettingsProblem } from "./errors.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { Secret } from "./secret.ts";

/** Headers that settings want in every request, and what is wrong with them. */
export interface ConfiguredHeaders {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly problems: readonly SettingsProblem[];
}

/** Checks the headers of a provider's settings. */
export function configuredHeaders(given: ProviderSettings["headers"] = {}): ConfiguredHeaders {
  const headers: Record<string, string> = {};
  const problems: SettingsProblem[] = [];
  for (const [name, text] of Object.entries(given)) {
    const value = text instanceof Secret ? text.reveal() : text;
    if (isHeaderName(name) && isHeaderValue(value)) headers[name.toLowerCase()] = value;
    else problems.push({ code: "invalid-header", setting: `headers.${name}`, message: headerProblem(name) });
  }
  return { headers, problems };
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
