import type { SearchQuery } from "@drawbridge/translator";

/** A query that names the sites it is for and those it is not for, in the operators that most engines know. */
export function withSites({ query, allowedDomains, blockedDomains }: SearchQuery): string {
  const allowed = allowedDomains.map((domain) => `site:${domain}`).join(" OR ");
  const wanted = allowedDomains.length > 1 ? `(${allowed})` : allowed;
  const parts = [query, wanted, ...blockedDomains.map((domain) => `-site:${domain}`)];
  return parts.filter((part) => part !== "").join(" ");
}
