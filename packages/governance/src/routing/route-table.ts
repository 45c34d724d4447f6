import { GovernanceError } from "../errors.ts";
import { compileGlob, type Glob } from "../policy/compile-glob.ts";

/** One model on one provider. */
export interface ModelTarget {
  readonly provider: string;
  /** The provider's own name of the model; may contain slashes. */
  readonly model: string;
}

/** Where requests for some names go, as written down. */
export interface ModelRoute {
  /** A model name, or a glob when it contains `*`. */
  readonly match: string;
  /** `provider/model`. Never looked up in the routes again. */
  readonly target: string;
}

/** As much of a provider as routing needs. */
export interface RouteProvider {
  readonly name: string;
  /** True when a bare model name belongs to this provider. */
  knows(model: string): boolean;
  /** Its models, as far as they are known; may grow. */
  readonly models?: readonly string[];
}

/** All that decides where a model name goes. Immutable but for the providers' own lists. */
export interface RouteTable {
  readonly exact: ReadonlyMap<string, ModelTarget>;
  /** In the order in which they are tried. */
  readonly globs: readonly { readonly glob: Glob; readonly target: ModelTarget }[];
  /** In the order in which they are asked about a bare name. */
  readonly providers: readonly RouteProvider[];
  readonly providerNames: ReadonlySet<string>;
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
  const providerNames = new Set(providers.map(({ name }) => name));
  const exact = new Map<string, ModelTarget>();
  const globs: { glob: Glob; target: ModelTarget }[] = [];
  for (const { match, target: text } of models) {
    const target = splitTarget(text);
    if (target === undefined || !providerNames.has(target.provider)) {
      const wanted = `"provider/model" with one of the providers ${[...providerNames].join(", ")}`;
      throw new GovernanceError("invalid-target", `the target "${text}" of "${match}" is not ${wanted}`);
    }
    const glob = compileGlob(match);
    if (match.includes("*")) globs.push({ glob, target });
    else if (!exact.has(match)) exact.set(match, target);
  }
  return Object.freeze({ exact, globs: Object.freeze(globs), providers, providerNames });
}

/** The parts of `provider/model`, cut at the first slash; undefined when there is no such cut or a part is empty. */
export function splitTarget(text: string): ModelTarget | undefined {
  const slash = text.indexOf("/");
  if (slash <= 0 || slash === text.length - 1) return undefined;
  return { provider: text.slice(0, slash), model: text.slice(slash + 1) };
}
