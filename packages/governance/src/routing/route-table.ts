import { GovernanceError } from "../errors.ts";
import { compileGlob, type Glob } from "../policy/compile-glob.ts";
import { type GlobIndex, globIndex } from "../policy/glob-index.ts";

/** One model on one provider. */
export interface ModelTarget {
  readonly provider: string;
  /** The provider's own name of the model; may contain slashes. */
  readonly model: string;
}

/** A target as a route names it. */
export interface RouteTarget extends ModelTarget {
  /** Its share among the equals of its link. */
  readonly weight: number;
  /** Where the provider computes; undefined when nobody said. */
  readonly region: string | undefined;
}

/** By what one of several equals is chosen: by weight, by how soon it answers, or by what it costs. */
export type RouteOrder = "weight" | "latency" | "price";

/** Equals, of which one is asked; the next link is asked when they have nothing left to give. */
export interface RouteLink {
  readonly targets: readonly RouteTarget[];
  readonly order: RouteOrder;
}

/** A link as written down. */
export interface RouteLinkRule {
  /** `provider/model`, never looked up in the routes again. */
  readonly targets: readonly { readonly target: string; readonly weight?: number | undefined }[];
  readonly order?: RouteOrder | undefined;
}

/** Where requests for some names go, as written down. */
export interface ModelRoute {
  /** A model name, or a glob when it contains `*`. */
  readonly match: string;
  /** The links of the chain, in the order in which they are asked. */
  readonly chain: readonly RouteLinkRule[];
}

/** As much of a provider as routing needs. */
export interface RouteProvider {
  readonly name: string;
  /** What kind of provider it is, which stands for its name before a slash where no other provider has that name. */
  readonly kind?: string | undefined;
  readonly region?: string | undefined;
  /** True when a bare model name belongs to this provider. */
  knows(model: string): boolean;
  /** Its models, as far as they are known; may grow. */
  readonly models?: readonly string[];
}

/** Where names that match a glob go. */
export interface GlobRoute {
  readonly glob: Glob;
  readonly links: readonly RouteLink[];
}

/** All that decides where a model name goes. Immutable but for the providers' own lists. */
export interface RouteTable {
  readonly exact: ReadonlyMap<string, readonly RouteLink[]>;
  /** In the order in which they are tried. */
  readonly globs: readonly GlobRoute[];
  /** The first of `globs` that matches a name. */
  readonly globFor: GlobIndex<GlobRoute>;
  /** In the order in which they are asked about a bare name. */
  readonly providers: readonly RouteProvider[];
  /** By name, and by kind where no provider has that name. */
  readonly addressable: ReadonlyMap<string, RouteProvider>;
}

/** What a {@link RouteTable} is made of. */
export interface RouteTableOptions {
  readonly models: readonly ModelRoute[];
  readonly providers: readonly RouteProvider[];
}

/**
 * The table of these routes and providers. Of two routes for the same name the first counts.
 * Throws a GovernanceError for a pattern that is none and for a target whose provider does not exist.
 */
export function createRouteTable({ models, providers }: RouteTableOptions): RouteTable {
  const addressable = addresses(providers);
  const exact = new Map<string, readonly RouteLink[]>();
  const globs: GlobRoute[] = [];
  for (const { match, chain } of models) {
    const glob = compileGlob(match);
    const links = readChain(chain, match, addressable);
    if (match.includes("*")) globs.push({ glob, links });
    else if (!exact.has(match)) exact.set(match, links);
  }
  return Object.freeze({ exact, globs: Object.freeze(globs), globFor: globIndex(globs), providers, addressable });
}

function addresses(providers: readonly RouteProvider[]): Map<string, RouteProvider> {
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  for (const provider of providers) {
    if (provider.kind !== undefined && !byName.has(provider.kind)) byName.set(provider.kind, provider);
  }
  return byName;
}

/**
 * The links of a chain with their targets found. Throws a GovernanceError `invalid-target` for a chain without any, and for
 * a target whose provider does not exist; `owner` is whose chain it is, for the message.
 */
export function readChain(
  chain: readonly RouteLinkRule[],
  owner: string,
  providers: ReadonlyMap<string, RouteProvider>,
): readonly RouteLink[] {
  const links = chain.map((link) => readLink(link, owner, providers));
  if (links.some(({ targets }) => targets.length > 0)) return links;
  throw new GovernanceError("invalid-target", `"${owner}" has no target; give at least one "provider/model"`);
}

function readLink(link: RouteLinkRule, match: string, providers: ReadonlyMap<string, RouteProvider>): RouteLink {
  const targets = link.targets.map(({ target: text, weight = 1 }): RouteTarget => {
    const target = splitTarget(text);
    const provider = target === undefined ? undefined : providers.get(target.provider);
    if (target === undefined || provider === undefined) {
      const wanted = `"provider/model" with one of the providers ${[...providers.keys()].join(", ")}`;
      throw new GovernanceError("invalid-target", `the target "${text}" of "${match}" is not ${wanted}`);
    }
    if (!(Number.isFinite(weight) && weight > 0)) {
      const wanted = "wanted is a number greater than 0";
      throw new GovernanceError("invalid-target", `the weight ${weight} of "${text}" is not possible; ${wanted}`);
    }
    return { provider: provider.name, model: target.model, weight, region: provider.region };
  });
  return { targets, order: link.order ?? "weight" };
}

/** The parts of `provider/model`, cut at the first slash; undefined when there is no such cut or a part is empty. */
export function splitTarget(text: string): ModelTarget | undefined {
  const slash = text.indexOf("/");
  if (slash <= 0 || slash === text.length - 1) return undefined;
  return { provider: text.slice(0, slash), model: text.slice(slash + 1) };
}
