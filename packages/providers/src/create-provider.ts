import type { Dialect, DialectName } from "@drawbridge/translator";
import { checkBaseUrl } from "./base-url.ts";
import { type ChosenSurface, chooseSurface } from "./choose-surface.ts";
import { catalog } from "./catalog/index.ts";
import type { CatalogEntry, CloudName, Places } from "./catalog/entry.ts";
import { checkTimeouts } from "./check-timeouts.ts";
import { configuredHeaders } from "./configured-headers.ts";
import { createCredentials } from "./create-credentials.ts";
import { createEndpoints } from "./create-endpoints.ts";
import type { Cloud } from "./credential.ts";
import { ProviderSettingsError, type SettingsProblem } from "./errors.ts";
import { findPlaces } from "./find-places.ts";
import { globTest } from "./glob.ts";
import { listModels } from "./list-models.ts";
import { createModelList } from "./model-list.ts";
import { modelListUrls } from "./model-list-urls.ts";
import { modelOwners } from "./model-owners.ts";
import { callDeadlines, providerDeadlines } from "./provider-deadlines.ts";
import { type ProviderSettings, usualReadOnMs } from "./provider-settings.ts";
import type { Provider } from "./provider.ts";
import type { Transport } from "./transport.ts";
import { unusedSettings } from "./unused-settings.ts";

/** What a provider is made with: everything that is not a setting of its own. */
export interface ProviderParts {
  readonly transport: Transport;
  readonly dialects: Readonly<Record<DialectName, Dialect>>;
  /** Milliseconds; tells when the list of models is old. */
  readonly clock?: () => number;
  /** What authorises calls to clouds where no key is given, such as `awsCloud` of `@drawbridge/providers/aws`. */
  readonly clouds?: Readonly<Partial<Record<CloudName, Cloud>>>;
}

const modelListTtlMs = 300_000;

/**
 * Makes a provider from its settings. Throws a {@link ProviderSettingsError} that names every setting at fault.
 * Opens no connection.
 */
export function createProvider(name: string, settings: ProviderSettings, parts: ProviderParts): Provider {
  return createProviderOf({ name, entry: entryFor(name, settings) }, settings, parts);
}

/** Makes a provider of a kind that need not stand in the catalogue. Throws as {@link createProvider} does. */
export function createProviderOf(
  { name, entry }: { readonly name: string; readonly entry: CatalogEntry },
  settings: ProviderSettings,
  parts: ProviderParts,
): Provider {
  const { clock = Date.now, transport, dialects, clouds } = parts;
  const { places, problems: wrongPlaces } = findPlaces(entry, settings, settings.baseUrl !== undefined);
  const problems: SettingsProblem[] = [...checkDialect(entry, settings), ...wrongPlaces];
  const chosen = chooseSurface(entry, settings, places);
  const base = wrongPlaces.length > 0 ? noBase : checkedBase(entry, chosen, places);
  const made = createCredentials(settings, {
    entry,
    path: `providers.${name}`,
    region: places.region,
    cloud: entry.cloud === undefined ? undefined : clouds?.[entry.cloud],
  });
  const { headers, problems: wrongHeaders } = configuredHeaders(settings.headers);
  problems.push(...base.problems, ...checkTimeouts(settings.timeouts), ...made.problems, ...wrongHeaders);
  if (problems.length === 0) problems.push(...unusedSettings(entry, settings, chosen.surface));
  if (problems.length > 0) throw new ProviderSettingsError(name, problems);

  const addressRegion = regionIn(entry, places, base.baseUrlAt(places));
  const configured = settings.models ?? [];
  const [knownByPattern, isAnothers] = [globTest(entry.knows), globTest(entry.knowsNot ?? [])];
  const deadlines = providerDeadlines(entry, settings.timeouts);
  const provider: Provider = {
    name,
    entry,
    region: places.region ?? settings.region ?? addressRegion,
    addressRegion,
    ...modelOwners({ name, entry, addressRegion }, made.credentials),
    credentials: made.credentials,
    headers,
    endpoint: createEndpoints({ entry, settings, dialects, places, ...base, surface: chosen.surface }),
    hints: base.hints,
    deadlines,
    callDeadlines: callDeadlines(deadlines),
    readOnMs: readOnMsOf(entry, settings),
    transport,
    modelListUrls: modelListUrls(base.baseUrlAt(places), { entry, dialects, places, surface: chosen.surface ?? entry }),
    modelList: createModelList({
      list: () => listModels(provider, new AbortController().signal),
      clock,
      ttlMs: modelListTtlMs,
    }),
    get models() {
      return union(configured, provider.modelList.current());
    },
    knows: (model) =>
      configured.includes(model) ||
      (knownByPattern(model) && !isAnothers(model)) ||
      provider.modelList.current().includes(model),
  };
  return provider;
}

function regionIn({ regionIn: named }: CatalogEntry, { region }: Places, baseUrl: string): string | undefined {
  return region ?? named?.exec(baseUrl)?.[1];
}

function readOnMsOf({ billsOn }: CatalogEntry, { onAbort }: ProviderSettings): number {
  return onAbort?.readOnMs ?? (billsOn === true ? usualReadOnMs : 0);
}

function entryFor(name: string, { kind }: ProviderSettings): CatalogEntry {
  const entry = catalog.get(kind ?? name);
  if (entry !== undefined) return entry;
  const known = [...catalog.keys()].join(", ");
  const seen = kind === undefined ? `missing, and "${name}" is no known provider` : `"${kind}" is unknown`;
  const message = `${seen}; give one of ${known}`;
  throw new ProviderSettingsError(name, [{ code: "unknown-kind", setting: "kind", message }]);
}

function checkDialect({ dialect, choices = [], title }: CatalogEntry, settings: ProviderSettings): SettingsProblem[] {
  const possible = new Set([dialect, ...choices.map((choice) => choice.dialect)]);
  if (settings.dialect === undefined || possible.has(settings.dialect)) return [];
  const known = [...possible].join(", ");
  const message = `"${settings.dialect}" is not what ${title} speaks; give one of ${known} or leave it out`;
  return [{ code: "unknown-dialect", setting: "dialect", message }];
}

interface CheckedBase {
  /** The checked base URL for these places, which are the settings' own or those with another region. */
  readonly baseUrlAt: (places: Places) => string;
  readonly hints: readonly string[];
  readonly problems: readonly SettingsProblem[];
}

const noBase: CheckedBase = { baseUrlAt: () => "", hints: [], problems: [] };

function checkedBase(entry: CatalogEntry, chosen: ChosenSurface, places: Places): CheckedBase {
  const text = chosen.baseUrl ?? (typeof entry.baseUrl === "function" ? entry.baseUrl(places) : entry.baseUrl);
  if (text === undefined) {
    const message = `missing; the kind "${entry.id}" has no address of its own, give that of the server`;
    return { ...noBase, problems: [{ code: "missing-base-url", setting: "baseUrl", message }] };
  }
  const { dialect, path } = chosen.surface ?? entry;
  const check = checkBaseUrl(text, dialect);
  if (!check.ok) return { ...noBase, problems: [check.problem] };
  const made = chosen.baseUrl === undefined && typeof entry.baseUrl === "function" ? entry.baseUrl : undefined;
  // Where surfaces have paths of their own, an address is right with and without them.
  const hints = check.hint === undefined || path !== undefined ? [] : [check.hint];
  return { baseUrlAt: made ?? (() => check.baseUrl), hints, problems: [] };
}

function union(first: readonly string[], second: readonly string[]): readonly string[] {
  if (second.length === 0) return first;
  return [...new Set([...first, ...second])];
}
