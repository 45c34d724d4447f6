import type { Credential } from "./credential.ts";
import type { ModelOwner } from "./models/model-book.ts";
import type { Provider } from "./provider.ts";

/** A provider's models in each of the regions where it has credentials, by what they cost there. */
export function modelOwners(
  own: ModelOwner,
  credentials: readonly Pick<Credential, "region">[],
): Pick<Provider, "ownerWith" | "owners"> {
  const byRegion = new Map<string | undefined, ModelOwner>();
  for (const { region = own.addressRegion } of credentials) {
    if (!byRegion.has(region)) byRegion.set(region, { ...own, addressRegion: region });
  }
  return {
    ownerWith: ({ region = own.addressRegion }) => byRegion.get(region) ?? own,
    owners: [...byRegion.values()],
  };
}
