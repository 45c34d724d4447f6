import type { CatalogEntry } from "./entry.ts";

/** Where a vendor from China has two services, with accounts and keys of their own: one for China, one for all others. */
export function twoServices(addresses: {
  readonly intl: string;
  readonly cn: string;
}): Pick<CatalogEntry, "baseUrl" | "places"> {
  return {
    baseUrl: ({ region }) => (region === "cn" ? addresses.cn : addresses.intl),
    places: [{ name: "region", variables: [], pattern: /^(intl|cn)$/, wanted: "intl or cn", fallback: "intl" }],
  };
}
