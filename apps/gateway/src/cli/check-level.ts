import type { EntryKind } from "@drawbridge/governance";
import { checkDirectory } from "../config/check-directory.ts";
import { didYouMean } from "../config/explain-issues.ts";
import type { Settings } from "./directory-arguments.ts";

/** Settings that name providers. */
const naming: readonly unknown[] = ["providerLimits", "providers"];

/**
 * Holds the settings of a level to the providers that there are, as the configuration file's are held to them and in the same
 * words. Throws a TypeError with all that is wrong.
 */
export function checkLevel(settings: Settings, providers: readonly string[]): void {
  const known = Object.fromEntries(providers.map((provider) => [provider, {}]));
  // Whatever the level is: these settings are the same on all of them.
  const level = { customers: { one: settings }, providers: known };
  const findings = checkDirectory(level, level).problems.filter(({ path: [, , setting] }) => naming.includes(setting));
  if (findings.length === 0) return;
  throw new TypeError(findings.map(({ path: [, , ...path], message }) => `${path.join(".")}: ${message}`).join("\n"));
}

/** Refuses limits of a provider that there is not. Throws a TypeError with the names that it may have. */
export function checkProvider(kind: EntryKind, name: string, providers: readonly string[]): void {
  if (kind !== "provider" || providers.length === 0 || providers.includes(name)) return;
  const near = didYouMean(name, providers) || `; known are ${providers.join(", ")}`;
  throw new TypeError(`there is no provider "${name}"${near}`);
}
