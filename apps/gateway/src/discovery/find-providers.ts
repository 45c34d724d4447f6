import { catalog, type CatalogEntry, type PlaceRule, type ProviderSettings, Secret } from "@drawbridge/providers";

/** A provider that is there without having been configured. */
export interface FoundProvider {
  readonly name: string;
  readonly settings: ProviderSettings;
  /** How it was found: the variable that holds its key, or the address it answers at. */
  readonly source: string;
  /** Models for Claude's large (opus, sonnet) and small (haiku) tiers. */
  readonly tiers: { readonly large: string; readonly small: string } | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

export interface FindOptions {
  readonly variables: Variables;
  /** Asks a local server for its models; undefined when nobody answers there. */
  readonly probe: (entry: CatalogEntry) => Promise<readonly string[] | undefined>;
}

/**
 * Looks for providers that the environment says are meant, and for model servers on their usual local ports, in catalogue
 * order after those that a switch names. A key that opens more than models says nothing, nor does a cloud's login without Claude Code's switch for it.
 */
export async function findProviders({ variables, probe }: FindOptions): Promise<readonly FoundProvider[]> {
  const switchedFirst = [...catalog.values()].toSorted(
    (one, other) => Number(isSwitchedOn(other, variables)) - Number(isSwitchedOn(one, variables)),
  );
  const meant = switchedFirst.flatMap((entry) => fromEnvironment(entry, variables) ?? []);
  const local = await Promise.all(
    [...catalog.values()].filter((entry) => entry.local === true).map((entry) => atPort(entry, probe)),
  );
  return [...meant, ...local.flatMap((found) => found ?? [])];
}

function fromEnvironment(entry: CatalogEntry, variables: Variables): FoundProvider | undefined {
  const { id, local, keyOpensMore, apiKeyVariables = [], switches = [], defaultModels: tiers } = entry;
  if (local === true) return undefined;
  const keyVariable = keyOpensMore === true ? undefined : apiKeyVariables.find((name) => given(variables[name]));
  const switched = switches.find((name) => isOn(variables[name]));
  const places = findPlaces(entry, variables);
  if ((keyVariable ?? switched) === undefined || places === undefined) return undefined;
  const key = keyVariable === undefined ? {} : { apiKey: new Secret(variables[keyVariable] ?? "") };
  const source = keyVariable === undefined ? `meant by ${switched ?? ""}` : `key from ${keyVariable}`;
  return { name: id, settings: { kind: id, ...key, ...places }, source, tiers };
}

/** What the address is made of, from its usual variables; undefined when something that must be given is not there. */
function findPlaces({ places = [] }: CatalogEntry, variables: Variables): Partial<ProviderSettings> | undefined {
  const found = places.map((rule) => ({ rule, value: placeIn(rule, variables) }));
  const lacks = found.some(({ rule, value }) => value === undefined && rule.fallback === undefined && !rule.optional);
  if (lacks) return undefined;
  return Object.fromEntries(found.flatMap(({ rule, value }) => (value === undefined ? [] : [[rule.name, value]])));
}

/** The first variable that has it; one that holds something else, such as another kind of address, is passed over. */
function placeIn({ variables: names, pattern, within }: PlaceRule, variables: Variables): string | undefined {
  const values = names.map((name) => within?.exec(variables[name] ?? "")?.[1] ?? variables[name]);
  return values.find((value) => given(value) && pattern.test(value));
}

function given(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

function isSwitchedOn({ switches = [] }: CatalogEntry, variables: Variables): boolean {
  return switches.some((name) => isOn(variables[name]));
}

function isOn(value: string | undefined): boolean {
  return given(value) && !/^(0|false|no|off)$/i.test(value);
}

async function atPort(entry: CatalogEntry, probe: FindOptions["probe"]): Promise<FoundProvider | undefined> {
  const models = await probe(entry);
  if (models === undefined) return undefined;
  const [first] = models;
  const address = typeof entry.baseUrl === "string" ? entry.baseUrl : "";
  return {
    name: entry.id,
    settings: { kind: entry.id, models: [...models] },
    source: `${address}, ${models.length === 1 ? "1 model" : `${models.length} models`}`,
    tiers: first === undefined ? undefined : { large: first, small: first },
  };
}
