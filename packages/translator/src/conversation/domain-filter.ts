/** Which sites the client wants results of. */
export interface DomainFilter {
  /** Empty for any. */
  readonly allowed: readonly string[];
  readonly blocked: readonly string[];
}

/** True when results of a site are wanted. Paths after a domain, which Anthropic allows there, are not compared. */
export function admitsSite({ allowed, blocked }: DomainFilter, site: string): boolean {
  if (blocked.some((domain) => isWithin(site, domain))) return false;
  return allowed.length === 0 || allowed.some((domain) => isWithin(site, domain));
}

/** The host that an address names; the address itself when it names none. */
export function hostOf(url: string): string {
  return /^[a-z]+:\/\/(?:[^/@]*@)?([^/:?#]+)/i.exec(url)?.[1] ?? url;
}

function isWithin(site: string, domain: string): boolean {
  const wanted =
    domain
      .toLowerCase()
      .replace(/^\*?\./, "")
      .split("/", 1)[0] ?? "";
  return wanted !== "" && (site === wanted || site.endsWith(`.${wanted}`));
}
