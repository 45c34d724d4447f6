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
    readonly target: string | undefined;
  }[];
  /** Patterns that are given prices or limits. */
  readonly prices: readonly string[];
  readonly keys: readonly {
    readonly index: number;
    readonly name: string | undefined;
    readonly value: string | undefined;
    readonly patterns: readonly { readonly path: ConfigPath; readonly pattern: string }[];
  }[];
}

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
      target: text("models", index, "target"),
    })),
    prices: keysOf(valueAt(config, ["prices"])),
    keys: indexes(config, ["keys"]).map((index) => ({
      index,
      name: text("keys", index, "name"),
      value: text("keys", index, "value"),
      patterns: ["allow", "deny"].flatMap((list) => patternsAt(config, ["keys", index, "models", list])),
    })),
  };
}

function patternsAt(config: unknown, path: ConfigPath): { path: ConfigPath; pattern: string }[] {
  return indexes(config, path).flatMap((index) => {
    const pattern = asText(valueAt(config, [...path, index]));
    return pattern === undefined ? [] : [{ path: [...path, index], pattern }];
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
