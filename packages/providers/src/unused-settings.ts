import type { DialectName } from "@drawbridge/translator";
import type { CatalogEntry, CloudName, PlaceName, Surface } from "./catalog/entry.ts";
import type { CredentialSettings } from "./credential.ts";
import type { SettingsProblem } from "./errors.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** Places other than the region, which everybody may name for `regions` of keys. */
const placeNames: readonly PlaceName[] = ["account", "apiVersion", "project", "resource"];
const cloudNames: readonly CloudName[] = ["aws", "azure", "google"];
const profiles = {
  chat: "openai-chat",
  responses: "openai-responses",
  gemini: "gemini",
  converse: "bedrock-converse",
} as const satisfies Partial<Record<keyof ProviderSettings, DialectName>>;

/**
 * Finds settings that would have no effect, such as the place of another vendor's address or corrections for an API that
 * is not spoken: whoever wrote them believes in one. `surface` is the one chosen for all models, if one is.
 */
export function unusedSettings(
  entry: CatalogEntry,
  settings: ProviderSettings,
  surface: Surface | undefined,
): SettingsProblem[] {
  const several = (settings.credentials ?? []).flatMap((one, index) =>
    unusedClouds(entry, one, `credentials[${index}].`),
  );
  return [
    ...unusedPlaces(entry, settings),
    ...unusedClouds(entry, settings, ""),
    ...several,
    ...unusedProfiles(settings, surface === undefined ? [entry, ...(entry.surfaces ?? [])] : [surface]),
  ];
}

function unusedPlaces({ title, places = [] }: CatalogEntry, settings: ProviderSettings): SettingsProblem[] {
  return placeNames
    .filter((name) => settings[name] !== undefined && !places.some((rule) => rule.name === name))
    .map((name) => unused(name, `the address of ${title} has none; leave it out`));
}

function unusedClouds(
  { title, cloud }: CatalogEntry,
  settings: Pick<CredentialSettings, "apiKey" | CloudName>,
  prefix: string,
): SettingsProblem[] {
  return cloudNames.flatMap((name): SettingsProblem[] => {
    const own: object = settings[name] ?? {};
    if (Object.values(own).every((value) => value === undefined)) return [];
    if (cloud !== name) return [unused(`${prefix}${name}`, `${title} takes no such credentials; leave it out`)];
    if (settings.apiKey === undefined) return [];
    return [unused(`${prefix}${name}`, "the apiKey beside it is used; leave one of the two out")];
  });
}

function unusedProfiles(settings: ProviderSettings, surfaces: readonly Surface[]): SettingsProblem[] {
  const spoken = [...new Set(surfaces.map(({ dialect }) => dialect))];
  return (["chat", "responses", "gemini", "converse"] as const)
    .filter((name) => settings[name] !== undefined && !spoken.includes(profiles[name]))
    .map((name) =>
      unused(name, `it corrects "${profiles[name]}", and "${spoken.join('", "')}" is spoken here; set dialect`),
    );
}

function unused(setting: string, why: string): SettingsProblem {
  return { code: "unused-setting", setting, message: `has no effect: ${why}` };
}
