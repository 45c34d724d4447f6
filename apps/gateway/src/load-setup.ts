import { readFile } from "node:fs/promises";
import {
  catalog,
  createProvider,
  demoProvider,
  isProviderSettingsError,
  type Provider,
  type ProviderParts,
  type ProviderSettings,
} from "@drawbridge/providers";
import type { StartedProvider } from "./cli/welcome.ts";
import type { GatewayConfig } from "./config/gateway-config.ts";
import { loadConfig, type LoadOptions } from "./config/load-config.ts";
import { formatProblem } from "./config/problem.ts";
import { findProviders } from "./discovery/find-providers.ts";
import { probeLocalServer } from "./discovery/probe-local-server.ts";
import { tierRoutes } from "./discovery/tier-routes.ts";
import { StartError } from "./start-error.ts";

/** What a gateway is to be: from a file, from what was found, or from both. */
export interface Setup {
  readonly config: GatewayConfig;
  readonly providers: readonly StartedProvider[];
  /** Providers that are not made from settings: the demo, where there is nothing else. */
  readonly builtIn: readonly Provider[];
  readonly warnings: readonly string[];
  /** Files whose change is a change of the configuration. */
  readonly files: readonly string[];
}

export interface SetupOptions {
  readonly configPath: string | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly parts: ProviderParts;
}

/** Reads the configuration and looks for providers where it names none. Throws a StartError with every problem at once. */
export async function loadSetup(options: SetupOptions): Promise<Setup> {
  const { config, warnings, files } = await readConfig(options);
  if (Object.keys(config.providers).length > 0) {
    const providers = Object.entries(config.providers).map(configured);
    return { config, providers, builtIn: [], warnings, files };
  }
  const { variables, parts } = options;
  const found = await findProviders({ variables, probe: (entry) => probeLocalServer(entry, parts) });
  if (found.length === 0) {
    const demo = demoProvider(parts);
    const models = [...config.models, ...tierRoutes([{ name: demo.name, tiers: { large: "demo", small: "demo" } }])];
    const source =
      "scripted answers for a first try, no model: set ANTHROPIC_API_KEY, OPENAI_API_KEY, … or start Ollama";
    return {
      config: { ...config, models },
      providers: [{ name: demo.name, source }],
      builtIn: [demo],
      warnings,
      files,
    };
  }
  const models = [...config.models, ...tierRoutes(found)];
  const providers = Object.fromEntries(found.map(({ name, settings }) => [name, settings]));
  return { config: { ...config, models, providers }, providers: found, builtIn: [], warnings, files };
}

async function readConfig(
  options: SetupOptions,
): Promise<{ config: GatewayConfig; warnings: readonly string[]; files: readonly string[] }> {
  const { configPath, parts, variables } = options;
  const load: LoadOptions = {
    env: variables,
    readFile: (file) => readFile(file, "utf8"),
    fileName: configPath ?? "drawbridge.yaml",
    kinds: [...catalog.values()],
    now: Date.now,
    checkProvider: (name, settings) => settingsProblems(name, settings, parts),
  };
  const result = await loadConfig(configPath === undefined ? "server: {}" : await readConfigFile(configPath), load);
  if (!result.ok) {
    const problems = result.problems.map((problem) => formatProblem(problem, load.fileName));
    throw new StartError(problems.join("\n"), { files: result.files });
  }
  const warnings = result.warnings.map((problem) => formatProblem(problem, load.fileName));
  return { config: result.config, warnings, files: result.files };
}

async function readConfigFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "it cannot be read";
    throw new StartError(`the configuration ${file} cannot be read: ${why}`, { cause });
  }
}

function settingsProblems(
  name: string,
  settings: ProviderSettings,
  parts: ProviderParts,
): ReturnType<NonNullable<LoadOptions["checkProvider"]>> {
  try {
    createProvider(name, settings, parts);
    return [];
  } catch (error) {
    if (isProviderSettingsError(error)) return error.problems;
    throw error;
  }
}

function configured([name, { kind, baseUrl }]: [string, ProviderSettings]): StartedProvider {
  return { name, source: [kind ?? name, baseUrl].filter((part) => part !== undefined).join(" at ") };
}
