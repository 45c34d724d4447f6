import type { Denial } from "../errors.ts";
import { listed } from "../listed.ts";
import { canonicalModel } from "./model-alias.ts";
import { nearestNames } from "./nearest-names.ts";
import { splitTarget, type RouteLink, type RouteProvider, type RouteTable } from "./route-table.ts";

/** Where a request goes, or why it goes nowhere. */
export type Resolution =
  | { readonly ok: true; readonly links: readonly RouteLink[]; readonly asked: string }
  | ({ readonly ok: false; readonly asked: string } & Denial);

/**
 * Finds the model that a name stands for: an exact route, else the first glob that matches, else `provider/model`
 * with a configured provider, else the first provider that knows the bare name.
 * `asked` comes back as the client wrote it, for that is the name the client is to be told.
 */
export function resolveModel(table: RouteTable, asked: string): Resolution {
  const name = canonicalModel(asked);
  const links = routed(table, name) ?? addressed(table, name) ?? known(table, name);
  if (links !== undefined) return { ok: true, links, asked };
  return { ok: false, asked, code: "unknown-model", reason: refusal(table, name) };
}

function routed(table: RouteTable, name: string): readonly RouteLink[] | undefined {
  return table.exact.get(name) ?? table.globFor(name)?.links;
}

function addressed(table: RouteTable, name: string): readonly RouteLink[] | undefined {
  const target = splitTarget(name);
  const provider = target === undefined ? undefined : table.addressable.get(target.provider);
  return target === undefined || provider === undefined ? undefined : only(provider, target.model);
}

function known(table: RouteTable, name: string): readonly RouteLink[] | undefined {
  const provider = name === "" ? undefined : table.providers.find((candidate) => candidate.knows(name));
  return provider === undefined ? undefined : only(provider, name);
}

function only({ name: provider, region }: RouteProvider, model: string): readonly RouteLink[] {
  return [{ targets: [{ provider, model, weight: 1, region }], order: "weight" }];
}

const longestShown = 200;

function refusal(table: RouteTable, name: string): string {
  const near = nearestNames(name, candidates(table));
  const meant = near.length === 0 ? "" : ` Did you mean ${near.map((one) => `"${one}"`).join(" or ")}?`;
  return (
    `The model "${name.slice(0, longestShown)}" is not known here: ${why(table, name)}.${meant} ` +
    `${remedy(table)}, or have an entry for it added under "models" in the configuration.`
  );
}

function why(table: RouteTable, name: string): string {
  const slash = name.indexOf("/");
  const provider = name.slice(0, Math.min(slash, longestShown));
  if (slash > 0 && !table.addressable.has(provider)) {
    return `no route matches it and there is no provider "${provider}"`;
  }
  return "no route matches it and no provider knows it";
}

function remedy(table: RouteTable): string {
  const providers = table.providers.map(({ name }) => name);
  const routes = [...table.exact.keys(), ...table.globs.map(({ glob }) => glob.pattern)];
  const choices = routes.length === 0 ? "" : `one of ${listed(routes)}, or `;
  return `Ask for ${choices}"provider/model" with a provider of ${listed(providers)}`;
}

function* candidates(table: RouteTable): Generator<string> {
  yield* table.exact.keys();
  for (const { name, models = [] } of table.providers) {
    for (const model of models) {
      yield model;
      yield `${name}/${model}`;
    }
  }
}
