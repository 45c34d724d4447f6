import { checkRules } from "../config/check-rules.ts";
import { readOutline } from "../config/outline.ts";
import type { Settings } from "./directory-arguments.ts";

/**
 * Holds a rule to the providers that there are, as the configuration file's are held to them and in the same words. Throws a
 * TypeError with all that is wrong.
 */
export function checkRule(name: string, settings: Settings, providers: readonly string[]): void {
  const known = Object.fromEntries(providers.map((provider) => [provider, {}]));
  const findings = checkRules(readOutline({ rules: [{ ...settings, name }], providers: known }));
  if (findings.length === 0) return;
  const messages = findings.map(({ path: [, , ...path], message }) => {
    return `${path.length === 0 ? `rule "${name}"` : path.join(".")}: ${message}`;
  });
  throw new TypeError(messages.join("\n"));
}
