import path from "node:path";
import { type ProviderSettings, Secret, type SettingsProblem } from "@drawbridge/providers";
import { checkDirectory } from "./check-directory.ts";
import { checkConfig, type ProviderKind, warnAbout } from "./check-config.ts";
import { explainIssues, type Finding, valueAt, withoutFilledIn } from "./explain-issues.ts";
import { type GatewayConfig, toGatewayConfig } from "./gateway-config.ts";
import { readOutline } from "./outline.ts";
import { type ParsedYaml, parseYaml } from "./parse-yaml.ts";
import { type ConfigPath, pathText, type Problem } from "./problem.ts";
import { resolveReferences } from "./resolve-references.ts";
import { schemaAt } from "./schema-tree.ts";
import { configSchema, providerSchema } from "./schema.ts";

/** Everything from outside that a configuration depends on. */
export interface LoadOptions {
  /** Variables for `${VAR}`; `DRAWBRIDGE_ADMIN_TOKEN` stands in for a missing `server.adminToken`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (file: string) => Promise<string>;
  /** Path of the configuration; files in `${file:PATH}` are relative to its directory. */
  readonly fileName: string;
  /** The kinds of provider that exist, such as `[...catalog.values()]`. */
  readonly kinds: readonly ProviderKind[];
  /** Milliseconds since 1970; without it nobody is told of keys that have expired. */
  readonly now?: () => number;
  /** Finds what is wrong with a provider's settings beyond the schema. Its answers are shown, so they hold no secret. */
  readonly checkProvider?: (
    name: string,
    settings: ProviderSettings,
  ) => readonly Pick<SettingsProblem, "setting" | "message">[];
}

/** A configuration, or everything that is wrong with it. */
export type ConfigLoad = (
  | { readonly ok: true; readonly config: GatewayConfig; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }
) & {
  /** Absolute paths of the files it refers to; a change of one of them is a change of the configuration. */
  readonly files: readonly string[];
};

/** Reads the text of a `drawbridge.yaml`: every problem at once, in the order of the file. */
export async function loadConfig(text: string, options: LoadOptions): Promise<ConfigLoad> {
  const parsed = parseYaml(text);
  if (!parsed.ok) return { ...parsed, files: [] };
  const { yaml } = parsed;
  if (yaml.value === null || yaml.value === undefined) {
    // An editor may have emptied the file for a moment; taking that for a configuration would drop every key.
    return failed([{ path: [], message: "the file holds no settings; start without it, or write some" }], yaml, []);
  }
  const directory = path.dirname(path.resolve(options.fileName));
  const { files, ...resolved } = await resolveReferences(yaml.value, { ...options, directory });
  const value = withoutEmpty(resolved.value);
  const outline = readOutline(value);
  const adminToken = options.env["DRAWBRIDGE_ADMIN_TOKEN"];
  const result = configSchema.safeParse(value);
  const safe = (finding: Finding): Finding => withoutFilledIn(finding, yaml.value);
  const levels = checkDirectory(value, yaml.value, options.now?.());
  const findings = withoutEchoes([
    resolved.problems,
    result.success ? [] : explainIssues(result.error.issues, yaml.value),
    checkConfig({ ...outline, adminToken: outline.adminToken || adminToken }, options.kinds).map(safe),
    checkSettings(value, options).map(safe),
    levels.problems.map(safe),
  ]);
  if (findings.length > 0 || !result.success) return failed(findings, yaml, files);
  const config = toGatewayConfig(result.data, adminToken ? new Secret(adminToken) : undefined);
  return { ok: true, config, warnings: placed([...warnAbout(outline), ...levels.warnings], yaml), files };
}

function failed(findings: readonly Finding[], yaml: ParsedYaml, files: readonly string[]): ConfigLoad {
  return { ok: false, problems: placed(findings, yaml), files };
}

/** Settings of providers are looked at one by one, so that one wrong provider does not hide what is wrong with others. */
function checkSettings(value: unknown, { checkProvider }: LoadOptions): readonly Finding[] {
  const providers = valueAt(value, ["providers"]);
  if (checkProvider === undefined || typeof providers !== "object" || providers === null) return [];
  return Object.entries(providers).flatMap(([name, settings]) => {
    const result = providerSchema.strip().safeParse(settings);
    const problems = result.success ? checkProvider(name, result.data) : [];
    return problems.map(({ setting, message }) => ({ path: ["providers", name, ...setting.split(".")], message }));
  });
}

/** What an earlier check found at a place explains what later ones find there: a reference that leads nowhere, for one. */
function withoutEchoes(checks: readonly (readonly Finding[])[]): readonly Finding[] {
  const explained = new Set<string>();
  return checks.flatMap((findings) => {
    const fresh = findings.filter(({ path: at }) => !explained.has(pathText(at)));
    for (const { path: at } of fresh) explained.add(pathText(at));
    return fresh;
  });
}

function placed(findings: readonly Finding[], yaml: ParsedYaml): readonly Problem[] {
  const problems = findings.map(({ path: at, message, atKey }) => {
    return { path: pathText(at), message, ...yaml.locate(at, atKey === true ? "key" : "value") };
  });
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Sections whose entries are groups of settings by name, and may have none. */
const named: ReadonlySet<string | number | undefined> = new Set(["providers", "customers", "teams", "users"]);

/**
 * `key:` with nothing behind it is the same as no key; a provider, customer, team or user with nothing behind it has no
 * settings. A key that is no setting stays, to be told: `usd: 1,000` in a group is `usd: 1` and a key `000`.
 */
function withoutEmpty(value: unknown, at: ConfigPath = []): unknown {
  if (Array.isArray(value)) return value.map((item, index) => withoutEmpty(item, [...at, index]));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    if (item !== null) return [[key, withoutEmpty(item, [...at, key])]];
    if (at.length === 1 && named.has(at[0])) return [[key, {}]];
    return isSetting(at, key) ? [] : [[key, null]];
  });
  return Object.fromEntries(entries);
}

/** False where the schema knows all settings of a group, and this is none. */
function isSetting(group: ConfigPath, key: string): boolean {
  const { properties, additionalProperties } = schemaAt(group) ?? {};
  return properties === undefined || additionalProperties !== false || Object.hasOwn(properties, key);
}
