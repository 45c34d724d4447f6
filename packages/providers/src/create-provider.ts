import { type ChatProfile, type Dialect, type DialectName, genericChat } from "@drawbridge/translator";
import { checkBaseUrl } from "./base-url.ts";
import { catalog } from "./catalog/index.ts";
import type { CatalogEntry } from "./catalog/entry.ts";
import { checkTimeouts } from "./check-timeouts.ts";
import { credentialHeaders } from "./credential-headers.ts";
import { ProviderSettingsError, type SettingsProblem } from "./errors.ts";
import { globTest } from "./glob.ts";
import { listModels } from "./list-models.ts";
import { createModelList, type ModelList } from "./model-list.ts";
import { defaultDeadlines, type ProviderSettings } from "./provider-settings.ts";
import type { Provider } from "./provider.ts";
import type { Transport } from "./transport.ts";

/** What a provider is made with: everything that is not a setting of its own. */
export interface ProviderParts {
  readonly transport: Transport;
  readonly dialects: Readonly<Record<DialectName, Dialect>>;
  /** Milliseconds; tells when the list of models is old. */
  readonly clock?: () => number;
}

/** A provider made from settings, with what the catalogue knows of it. */
export interface ConfiguredProvider extends Provider {
  readonly entry: CatalogEntry;
  /** Refreshing it is what makes `models` grow. */
  readonly modelList: ModelList;
  /** Advice on settings that are probably a mistake but may be meant. */
  readonly hints: readonly string[];
}

const modelListTtlMs = 300_000;

/**
 * Makes a provider from its settings. Throws a {@link ProviderSettingsError} that names every setting at fault.
 * Opens no connection.
 */
export function createProvider(name: string, settings: ProviderSettings, parts: ProviderParts): ConfiguredProvider {
  return createProviderOf({ name, entry: entryFor(name, settings) }, settings, parts);
}

/** Makes a provider of a kind that need not stand in the catalogue. Throws as {@link createProvider} does. */
export function createProviderOf(
  { name, entry }: { readonly name: string; readonly entry: CatalogEntry },
  settings: ProviderSettings,
  parts: ProviderParts,
): ConfiguredProvider {
  const problems: SettingsProblem[] = [];
  const base = checkedBaseUrl(entry, settings, problems);
  problems.push(...missingKey(entry, settings), ...checkTimeouts(settings.timeouts));
  const credential = credentialHeaders(entry.auth, settings);
  problems.push(...credential.problems);
  if (problems.length > 0) throw new ProviderSettingsError(name, problems);

  const { clock = Date.now, transport, dialects } = parts;
  const configured = settings.models ?? [];
  const knownByPattern = globTest(entry.knows);
  const provider: ConfiguredProvider = {
    name,
    entry,
    hints: base.hints,
    dialect: dialects[entry.dialect],
    baseUrl: base.baseUrl,
    authHeaders: credential.headers,
    deadlines: { ...defaultDeadlines, ...settings.timeouts },
    transport,
    modelList: createModelList({
      list: () => listModels(provider, new AbortController().signal),
      clock,
      ttlMs: modelListTtlMs,
    }),
    get models() {
      return union(configured, provider.modelList.current());
    },
    knows: (model) =>
      configured.includes(model) || knownByPattern(model) || provider.modelList.current().includes(model),
    chatProfile: entry.dialect === "openai-chat" ? chatProfiles(entry, settings) : () => undefined,
  };
  return provider;
}

function entryFor(name: string, { kind }: ProviderSettings): CatalogEntry {
  const entry = catalog.get(kind ?? name);
  if (entry !== undefined) return entry;
  const known = [...catalog.keys()].join(", ");
  const seen = kind === undefined ? `missing, and "${name}" is no known provider` : `"${kind}" is unknown`;
  const message = `${seen}; give one of ${known}`;
  throw new ProviderSettingsError(name, [{ code: "unknown-kind", setting: "kind", message }]);
}

function checkedBaseUrl(
  entry: CatalogEntry,
  settings: ProviderSettings,
  problems: SettingsProblem[],
): { baseUrl: string; hints: readonly string[] } {
  const text = settings.baseUrl ?? entry.baseUrl;
  if (text === undefined) {
    const message = `missing; the kind "${entry.id}" has no address of its own, give that of the server`;
    problems.push({ code: "missing-base-url", setting: "baseUrl", message });
    return { baseUrl: "", hints: [] };
  }
  const check = checkBaseUrl(text, entry.dialect);
  if (!check.ok) problems.push(check.problem);
  if (!check.ok) return { baseUrl: "", hints: [] };
  return { baseUrl: check.baseUrl, hints: check.hint === undefined ? [] : [check.hint] };
}

/** A vendor's own address always wants a key; at another address a proxy may hold it. */
function missingKey(entry: CatalogEntry, settings: ProviderSettings): SettingsProblem[] {
  if (entry.apiKeyVariables === undefined || settings.apiKey !== undefined) return [];
  if (settings.baseUrl !== undefined || settings.headers !== undefined) return [];
  const message = `missing; ${entry.title} wants a key, usually kept in ${entry.apiKeyVariables.join(" or ")}`;
  return [{ code: "missing-api-key", setting: "apiKey", message }];
}

/** Profiles are worked out once a model; the bound stops a client that invents names. */
const maxProfiles = 1_000;

function chatProfiles(entry: CatalogEntry, { chat }: ProviderSettings): (model: string) => ChatProfile {
  const rules = (entry.chatProfiles ?? []).map(({ match, profile }) => ({ applies: globTest([match]), profile }));
  const profiles = new Map<string, ChatProfile>();
  return (model) => {
    const known = profiles.get(model);
    if (known !== undefined) return known;
    const matching = rules.filter((rule) => rule.applies(model));
    const fromCatalog = matching.reduce<ChatProfile>((whole, rule) => ({ ...whole, ...rule.profile }), genericChat);
    const profile = { ...fromCatalog, ...chat };
    if (profiles.size >= maxProfiles) profiles.clear();
    profiles.set(model, profile);
    return profile;
  };
}

function union(first: readonly string[], second: readonly string[]): readonly string[] {
  if (second.length === 0) return first;
  return [...new Set([...first, ...second])];
}
