import type { DialectName } from "@drawbridge/translator";
import type { SettingsProblem } from "./errors.ts";

/** A base URL that has been looked at: usable, or with the reason why not. */
export type BaseUrlCheck =
  | { readonly ok: true; readonly baseUrl: string; readonly hint: string | undefined }
  | { readonly ok: false; readonly problem: SettingsProblem };

/**
 * Checks a provider's base URL and trims its trailing slashes. Refuses what can only be a mistake or an attack:
 * another protocol, a password in the URL, a query, the metadata service of a cloud.
 */
export function checkBaseUrl(text: string, dialect: DialectName): BaseUrlCheck {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return refused("is not a URL; it has the form https://host/v1");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return refused(`has the protocol "${url.protocol}"; only http and https are possible`);
  }
  if (url.username !== "" || url.password !== "") {
    return refused("carries a user name or password; give the credential as apiKey");
  }
  if (url.search !== "" || url.hash !== "") return refused('carries a "?" or "#" part; leave it out');
  if (isMetadataHost(url.hostname)) {
    return refused(`points at ${url.hostname}, a cloud's metadata service, which never serves models`);
  }
  const baseUrl = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  return { ok: true, baseUrl, hint: hintFor(baseUrl, dialect) };
}

function refused(what: string): BaseUrlCheck {
  return { ok: false, problem: { code: "invalid-base-url", setting: "baseUrl", message: `the base URL ${what}` } };
}

/** The paths of each dialect begin where the vendor's own SDK lets them begin. */
function hintFor(baseUrl: string, dialect: DialectName): string | undefined {
  const path = new URL(baseUrl).pathname;
  if (dialect === "anthropic-messages" && path.endsWith("/v1")) {
    return `for an Anthropic-compatible server leave /v1 out: ${baseUrl.slice(0, -"/v1".length)}`;
  }
  if ((dialect === "openai-chat" || dialect === "openai-responses") && path === "/") {
    return `for an OpenAI-compatible server the base URL usually ends in /v1: ${baseUrl}/v1`;
  }
  if (dialect === "gemini" && path.endsWith("/openai")) {
    return `for Gemini's own API leave /openai out: ${baseUrl.slice(0, -"/openai".length)}`;
  }
  if (dialect === "gemini" && path === "/") return `for Gemini the base URL usually ends in /v1beta: ${baseUrl}/v1beta`;
  return undefined;
}

const metadataHosts = new Set([
  "metadata.google.internal",
  "metadata.goog",
  "metadata",
  "instance-data",
  "100.100.100.200", // Alibaba Cloud
  "192.0.0.192", // Oracle Cloud
  "168.63.129.16", // Azure's wire server
  "[fd00:ec2::254]", // AWS over IPv6
  "[fd20:ce::254]", // Google Cloud over IPv6
]);

/**
 * Whether a host is where a cloud tells machines their credentials. `hostname` is as a URL object writes it: lower case,
 * IPv4 in four decimal parts whatever was typed.
 */
export function isMetadataHost(hostname: string): boolean {
  const host = hostname.replace(/\.$/, "");
  if (metadataHosts.has(host) || host.startsWith("169.254.")) return true;
  // Link-local, alone and as IPv4 written in IPv6 (::ffff:169.254.x.y, and 64:ff9b:: behind NAT64), as are those above.
  return /^\[fe[89ab][0-9a-f]:/.test(host) || /^\[.*:(?:a9fe:[0-9a-f]{1,4}|6464:64c8|c000:c0|a83f:8110)\]$/.test(host);
}
