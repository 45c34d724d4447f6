import { valueAt } from "./explain-issues.ts";
import type { ConfigPath } from "./problem.ts";

/**
 * As much of a configuration as its cross-checks need, read leniently: what has the wrong type is left out,
 * so that these checks still run, and still find everything, where the schema fails.
 */
export interface Outline {
  readonly host: string | undefined;
  readonly adminToken: string | undefined;
  readonly providers: readonly {
    readonly name: string;
    /** `false` when there is something that is no text, or the provider is no group of settings: the schema refuses it. */
    readonly kind: string | undefined | false;
    readonly hasBaseUrl: boolean;
  }[];
  readonly models: readonly {
    readonly index: number;
    readonly match: string | undefined;
    readonly targets: readonly { readonly path: ConfigPath; readonly target: string }[];
    /** Whether `target` and `targets` are there. */
    readonly ways: number;
  }[];
  readonly rules: readonly {
    readonly index: number;
    readonly name: string | undefined;
    readonly when: string | undefined;
    readonly targets: readonly { readonly path: ConfigPath; readonly target: string }[];
    /** What it does, by the names of the settings. */
    readonly actions: readonly string[];
  }[];
  /** Patterns that are given prices or limits. */
  readonly prices: readonly string[];
  readonly keys: readonly {
    readonly index: number;
    readonly value: string | undefined;
  }[];
  readonly trustedProxies: readonly { readonly path: ConfigPath; readonly range: string }[];
}

/** What a rule can do, by the names of the settings. */
export const ruleActions: readonly string[] = ["route", "refuse", "tag", "maxTokens"];

/** The outline of a configuration whose references are filled in. */
export function readOutline(config: unknown): Outline {
  const text = (...path: ConfigPath): string | undefined => asText(valueAt(config, path));
  return {
    host: text("server", "host"),
    adminToken: text("server", "adminToken"),
    providers: keysOf(valueAt(config, ["providers"])).map((name) => {
      const isGroup = typeof valueAt(config, ["providers", name]) === "object";
      const kind = valueAt(config, ["providers", name, "kind"]);
      return {
        name,
        kind: isGroup && (kind === undefined || typeof kind === "string") ? kind : false,
        hasBaseUrl: valueAt(config, ["providers", name, "baseUrl"]) !== undefined,
      };
    }),
    models: indexes(config, ["models"]).map((index) => ({
      index,
      match: text("models", index, "match"),
      targets: targetsAt(config, ["models", index]),
      ways: ["target", "targets"].filter((way) => valueAt(config, ["models", index, way]) !== undefined).length,
    })),
    rules: indexes(config, ["rules"]).map((index) => ({
      index,
      name: text("rules", index, "name"),
      when: text("rules", index, "when"),
      targets: targetsAt(config, ["rules", index]),
      actions: ruleActions.filter((action) => valueAt(config, ["rules", index, action]) !== undefined),
    })),
    prices: keysOf(valueAt(config, ["prices"])),
    keys: indexes(config, ["keys"]).map((index) => ({
      index,
      value: text("keys", index, "value"),
    })),
    trustedProxies: textsAt(config, ["server", "trustedProxies"]).map(({ path, text: range }) => ({ path, range })),
  };
}

/** Every target that an entry of `models` or `rules` names, in whatever form. */
function targetsAt(config: unknown, entry: ConfigPath): { path: ConfigPath; target: string }[] {
  const route = [...entry, "route"];
  const chains = [[...entry, "targets"], route];
  const links = chains.flatMap((chain) => indexes(config, chain).map((index) => [...chain, index]));
  const places = [...links, route];
  const equals = places.flatMap((link) => indexes(config, [...link, "anyOf"]).map((at) => [...link, "anyOf", at]));
  const named = [...places, ...equals].flatMap((path) => [path, [...path, "target"]]);
  return [[...entry, "target"], ...named].flatMap((path) => {
    const target = asText(valueAt(config, path));
    return target === undefined ? [] : [{ path, target }];
  });
}

function textsAt(config: unknown, path: ConfigPath): { path: ConfigPath; text: string }[] {
  return indexes(config, path).flatMap((index) => {
    const text = asText(valueAt(config, [...path, index]));
    return text === undefined ? [] : [{ path: [...path, index], text }];
  });
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function keysOf(value: unknown): string[] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

function indexes(config: unknown, path: ConfigPath): number[] {
  const list = valueAt(config, path);
  return Array.isArray(list) ? [...list.keys()] : [];
}
