import { catalog, Secret, type CatalogEntry, type ProviderSettings } from "@drawbridge/providers";

/** A provider that is there without having been configured. */
export interface FoundProvider {
  readonly name: string;
  readonly settings: ProviderSettings;
  /** How it was found: the variable that holds its key, or the address it answers at. */
  readonly source: string;
  /** Models for Claude's large (opus, sonnet) and small (haiku) tiers. */
  readonly tiers: { readonly large: string; readonly small: string } | undefined;
}

export interface FindOptions {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Asks a local server for its models; undefined when nobody answers there. */
  readonly probe: (entry: CatalogEntry) => Promise<readonly string[] | undefined>;
}

/** Looks for credentials in the usual variables and for model servers on their usual local ports, in catalogue order. */
export async function findProviders({ variables, probe }: FindOptions): Promise<readonly FoundProvider[]> {
  const keyed = [...catalog.values()].flatMap((entry) => withKey(entry, variables) ?? []);
  const local = await Promise.all(
    [...catalog.values()].filter((entry) => entry.local === true).map((entry) => atPort(entry, probe)),
  );
  return [...keyed, ...local.flatMap((found) => found ?? [])];
}

function withKey(entry: CatalogEntry, variables: FindOptions["variables"]): FoundProvider | undefined {
  if (entry.local === true) return undefined;
  const variable = entry.apiKeyVariables?.find((name) => (variables[name] ?? "") !== "");
  if (variable === undefined) return undefined;
  const settings = { kind: entry.id, apiKey: new Secret(variables[variable] ?? "") };
  return { name: entry.id, settings, source: `key from ${variable}`, tiers: entry.defaultModels };
}

async function atPort(entry: CatalogEntry, probe: FindOptions["probe"]): Promise<FoundProvider | undefined> {
  const models = await probe(entry);
  if (models === undefined) return undefined;
  const [first] = models;
  return {
    name: entry.id,
    settings: { kind: entry.id, models: [...models] },
    source: `${entry.baseUrl ?? ""}, ${models.length === 1 ? "1 model" : `${models.length} models`}`,
    tiers: first === undefined ? undefined : { large: first, small: first },
  };
}
