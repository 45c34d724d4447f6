import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { isMetadataHost } from "../base-url.ts";
import { ProviderError } from "../errors.ts";

/**
 * Looks a host name up as the system does, and refuses one that leads to the metadata service of a cloud: what must not
 * stand in a base URL must not stand behind a name of it either.
 */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error, address, family) => {
    if (error === null && addressesIn(address).some(isMetadataHost)) {
      const where = `${hostname} leads to the metadata service of a cloud, which never serves models`;
      callback(new ProviderError({ kind: "unreachable", message: `${where}; check the base URL` }), "", 0);
    } else callback(error, address, family);
  });
};

/** In the form of a URL's host. */
function addressesIn(found: Parameters<Parameters<LookupFunction>[2]>[1]): readonly string[] {
  const all = typeof found === "string" ? [found] : found.map(({ address }) => address);
  return all.map((address) => (address.includes(":") ? new URL(`http://[${address}]`).hostname : address));
}
