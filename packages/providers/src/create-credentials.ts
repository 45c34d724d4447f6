import type { CatalogEntry, PlaceRule } from "./catalog/entry.ts";
import type { Authority, Cloud, Credential, CredentialSettings } from "./credential.ts";
import type { SettingsProblem } from "./errors.ts";
import { globTest } from "./glob.ts";
import { keyHeaders } from "./key-headers.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** What credentials are made with. */
export interface CredentialParts {
  readonly entry: CatalogEntry;
  /** For messages: `providers.bedrock`. */
  readonly path: string;
  readonly region: string | undefined;
  /** Makes what authorises calls to the entry's cloud; missing where the embedder has none. */
  readonly cloud: Cloud | undefined;
}

/** The credentials of a provider, at least one, and what is wrong with their settings. */
export interface CreatedCredentials {
  readonly credentials: readonly [Credential, ...Credential[]];
  readonly problems: readonly SettingsProblem[];
}

/** Makes a provider's credentials from its settings. Opens no connection. */
export function createCredentials(settings: ProviderSettings, parts: CredentialParts): CreatedCredentials {
  const { apiKey, aws, google, azure, credentials: several } = settings;
  const [first, ...others] = several ?? [];
  if (first === undefined) {
    const only = createCredential({ apiKey, aws, google, azure, name: "default" }, "", parts);
    return { credentials: [only.credential], problems: [...missing(settings, parts), ...only.problems] };
  }
  const problems: SettingsProblem[] = [];
  if ([apiKey, aws, google, azure].some((own) => own !== undefined)) {
    const message = "given beside a credential of the provider's own; move that one into the list";
    problems.push({ code: "invalid-credential", setting: "credentials", message });
  }
  const make = (one: CredentialSettings, index: number): CreatedCredential => {
    return createCredential({ ...one, name: one.name ?? `credential-${index + 1}` }, `credentials[${index}].`, parts);
  };
  const made = [make(first, 0), ...others.map((one, index) => make(one, index + 1))] as const;
  for (const { problems: own } of made) problems.push(...own);
  problems.push(...repeatedNames(made.map(({ credential }) => credential.name)));
  const [{ credential }, ...rest] = made;
  return { credentials: [credential, ...rest.map((one) => one.credential)], problems };
}

interface CreatedCredential {
  readonly credential: Credential;
  readonly problems: readonly SettingsProblem[];
}

type NamedSettings = CredentialSettings & { readonly name: string };

function createCredential(
  settings: NamedSettings,
  prefix: string,
  { entry, cloud, ...parts }: CredentialParts,
): CreatedCredential {
  const { name, weight = 1, models, region, apiKey } = settings;
  const problems: SettingsProblem[] = [...checkWeight(weight, prefix), ...checkRegion(entry, region, prefix)];
  const key = keyHeaders(entry.auth, apiKey, `${prefix}apiKey`);
  problems.push(...key.problems);
  let authority: Authority = { authorize: () => key.headers };
  if (apiKey === undefined && entry.cloud !== undefined) {
    const context = {
      region: region ?? parts.region,
      path: `${parts.path}${prefix === "" ? "" : `.${prefix.slice(0, -1)}`}`,
      tokenScope: entry.tokenScope,
    };
    if (cloud !== undefined) authority = cloud(settings, context);
    else problems.push(noCloud(entry, `${prefix}apiKey`));
  }
  const serves = models === undefined || models.length === 0 ? () => true : globTest(models);
  return { credential: { name, weight, region, serves, ...authority }, problems };
}

/** A vendor's own address always wants a key; at another address a proxy may hold it. */
function missing(settings: ProviderSettings, { entry }: CredentialParts): SettingsProblem[] {
  if (entry.apiKeyVariables === undefined || entry.cloud !== undefined || settings.apiKey !== undefined) return [];
  if (settings.baseUrl !== undefined || settings.headers !== undefined) return [];
  const message = `missing; ${entry.title} wants a key, usually kept in ${entry.apiKeyVariables.join(" or ")}`;
  return [{ code: "missing-api-key", setting: "apiKey", message }];
}

function noCloud({ title }: CatalogEntry, setting: string): SettingsProblem {
  const message = `missing; nothing here can authorise calls to ${title} without a key: give one, or pass \`clouds\``;
  return { code: "missing-cloud", setting, message };
}

function checkWeight(weight: number, prefix: string): SettingsProblem[] {
  if (Number.isFinite(weight) && weight > 0) return [];
  const message = `${weight} is not possible; give a number greater than 0`;
  return [{ code: "invalid-credential", setting: `${prefix}weight`, message }];
}

function checkRegion(entry: CatalogEntry, region: string | undefined, prefix: string): SettingsProblem[] {
  const rule: PlaceRule | undefined = entry.places?.find(({ name }) => name === "region");
  if (region === undefined || rule?.pattern.test(region) === true) return [];
  const wanted = rule === undefined ? `${entry.title} has no regions; leave it out` : `give ${rule.wanted}`;
  const message = `"${region.slice(0, 80)}" is not possible; ${wanted}`;
  return [{ code: "invalid-place", setting: `${prefix}region`, message }];
}

function repeatedNames(names: readonly string[]): SettingsProblem[] {
  return names.flatMap((name, index): SettingsProblem[] => {
    if (names.indexOf(name) === index) return [];
    const message = `"${name}" is the name of an earlier credential; give each its own`;
    return [{ code: "invalid-credential", setting: `credentials[${index}].name`, message }];
  });
}
