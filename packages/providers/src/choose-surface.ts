import type { CatalogEntry, Places, Surface } from "./catalog/entry.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** What settings choose among the ways in which a provider can be spoken to. */
export interface ChosenSurface {
  /** The one for all models; undefined where each model has the one that the catalogue gives it. */
  readonly surface: Surface | undefined;
  /** The base URL of the settings without the path of any surface; undefined where they have none. */
  readonly baseUrl: string | undefined;
}

/**
 * Chooses how a provider is spoken to. Vendors with several APIs have an SDK and an address for each, so that a base URL
 * that ends in the path of one of them says which is meant; `dialect` goes over that.
 */
export function chooseSurface(entry: CatalogEntry, settings: ProviderSettings, places: Places): ChosenSurface {
  const { choices = [], surfaces = [] } = entry;
  const given = settings.baseUrl?.replace(/\/+$/, "");
  const endings = [entry, ...choices, ...surfaces]
    .flatMap((surface) => endingsOf(surface, places).map((path) => ({ surface, path })))
    .filter(({ path }) => given?.endsWith(path) === true);
  const [ending] = endings.toSorted((one, other) => other.path.length - one.path.length);
  const baseUrl = ending === undefined ? given : given?.slice(0, -ending.path.length);
  return { surface: chosen(entry, settings, ending?.surface), baseUrl };
}

/** How an address of this surface may end; with /v1 where people add to Anthropic's what belongs to its paths. */
function endingsOf({ dialect, path }: Surface, places: Places): readonly string[] {
  const own = path?.(places, "") ?? "";
  if (own === "") return [];
  return dialect === "anthropic-messages" ? [own, `${own}/v1`] : [own];
}

function chosen(entry: CatalogEntry, settings: ProviderSettings, ending: Surface | undefined): Surface | undefined {
  const { choices = [], elsewhere } = entry;
  const byDialect = (dialect: string | undefined): Surface | undefined =>
    choices.find((choice) => choice.dialect === dialect);
  if (settings.dialect !== undefined) return byDialect(settings.dialect);
  if (ending !== undefined && choices.includes(ending)) return ending;
  return ending === undefined && elsewhere !== undefined && isElsewhere(entry, settings.baseUrl)
    ? byDialect(elsewhere)
    : undefined;
}

function isElsewhere({ baseUrl: own }: CatalogEntry, given: string | undefined): boolean {
  if (given === undefined || typeof own !== "string" || !URL.canParse(given)) return false;
  const { hostname } = new URL(given);
  const vendor = new URL(own).hostname;
  return hostname !== vendor && !hostname.endsWith(`.${vendor}`);
}
