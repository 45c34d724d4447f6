import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configReference } from "../apps/gateway/src/config/config-reference.ts";
import type { CatalogEntry, PlaceRule } from "../packages/providers/src/catalog/entry.ts";
import { catalog } from "../packages/providers/src/catalog/index.ts";
import { ruleFunctions } from "../packages/governance/src/rules/rule-functions.ts";
import { variables } from "../packages/governance/src/rules/variables.ts";
import { messagesCarries } from "../packages/translator/src/dialects/anthropic-messages/carries.ts";
import { converseCarries } from "../packages/translator/src/dialects/bedrock-converse/carries.ts";
import type { CarryRow } from "../packages/translator/src/dialects/carries.ts";
import { geminiCarries } from "../packages/translator/src/dialects/gemini/carries.ts";
import { chatCarries } from "../packages/translator/src/dialects/openai-chat/carries.ts";
import { responsesCarries } from "../packages/translator/src/dialects/openai-responses/carries.ts";
import { fillPage } from "./fill-page.ts";
import { platformColumns, platformRows } from "./platform-rows.ts";

/** The pages of `docs/` that hold printed parts, and what is printed there. */
const pages = {
  "configuration.md": { settings: configReference },
  "providers.md": { vendors: () => kindsTable(false), servers: () => kindsTable(true) },
  "rules.md": { variables: variablesTable, functions: functionsTable },
  "translation.md": {
    "anthropic-messages": () => carriesTable(messagesCarries),
    "bedrock-converse": () => carriesTable(converseCarries),
    gemini: () => carriesTable(geminiCarries),
    "openai-chat": () => carriesTable(chatCarries),
    "openai-responses": () => carriesTable(responsesCarries),
    platforms: () => table(platformColumns, platformRows()),
  },
} satisfies Record<string, Record<string, () => string>>;

function variablesTable(): string {
  const rows = Object.entries(variables).flatMap(([name, { type, meaning, values, fields = {} }]) => {
    const below = Object.entries(fields).map(([field, value]) => variableRow(`${name}.${field}`, value));
    return type === "record" ? below : [variableRow(name, { type, meaning, values })];
  });
  return table(["variable", "type", "what it says"], rows);
}

function variableRow(
  name: string,
  { type, meaning, values = [] }: { type: string; meaning: string; values?: readonly string[] | undefined },
): readonly string[] {
  const choice = values.map((value) => `\`${value}\``).join(", ");
  return [`\`${name}\``, type, choice === "" ? meaning : `${meaning}: ${choice}`];
}

function functionsTable(): string {
  return table(
    ["function", "what it says"],
    Object.values(ruleFunctions).map(({ call, meaning }) => [`\`${call}\``, meaning]),
  );
}

function carriesTable(rows: readonly CarryRow[]): string {
  return table(
    ["feature", "carried", "how"],
    rows.map(({ feature, carried, how }) => [feature, carried, how]),
  );
}

function kindsTable(own: boolean): string {
  const entries = [...catalog.values()].filter(
    (entry) => own === (entry.local === true || entry.baseUrl === undefined),
  );
  const rows = entries.map((entry) => {
    const needs = (entry.places ?? []).map(settingOf);
    return [
      `\`${entry.id}\``,
      entry.title,
      [speech(entry), ...(own ? [] : [needs.join(", ")])],
      addressOf(entry),
      finding(entry),
    ].flat();
  });
  return table(
    ["kind", own ? "server" : "provider", "speaks", ...(own ? [] : ["needs"]), "address", "found by itself through"],
    rows,
  );
}

function settingOf({ name, fallback, optional }: PlaceRule): string {
  const unless = fallback ?? (optional === true ? "optional" : undefined);
  return unless === undefined ? `\`${name}\`` : `\`${name}\` (${unless})`;
}

/** The usual dialect, those of some models, and those that can be chosen instead. */
function speech({ dialect, surfaces = [], choices = [] }: CatalogEntry): string {
  const some = surfaces.map(
    (surface) => `${surface.dialect} for ${surface.match.map((match) => `\`${match}\``).join(", ")}`,
  );
  const spoken = new Set([dialect, ...surfaces.map((surface) => surface.dialect)]);
  const others = choices.filter((choice) => !spoken.has(choice.dialect)).map((choice) => choice.dialect);
  return `${[dialect, ...some].join("; ")}${others.length === 0 ? "" : ` (or ${others.join(", ")})`}`;
}

/** Settings stand in braces where the address is made of them. */
function addressOf({ baseUrl, places = [] }: CatalogEntry): string {
  if (baseUrl === undefined) return "`baseUrl`";
  if (typeof baseUrl === "string") return `\`${baseUrl}\``;
  const needed = places.filter(({ optional }) => optional !== true);
  return `\`${baseUrl(Object.fromEntries(needed.map(({ name, fallback }) => [name, fallback ?? `{${name}}`])))}\``;
}

function finding({ local, keyOpensMore, apiKeyVariables = [], switches = [] }: CatalogEntry): string {
  if (local === true) return "its port";
  const names = [...(keyOpensMore === true ? [] : apiKeyVariables), ...switches];
  return names.map((name) => `\`${name}\``).join(", ") || "–";
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((text) => cell(text)).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map((cells) => line(cells))].join("\n");
}

/** Text that stays one cell, and whose tags stay text outside of code. */
function cell(text: string): string {
  const oneLine = text.replaceAll(/\s+/g, " ").replaceAll("|", String.raw`\|`);
  return oneLine.replaceAll(/`[^`]*`|</g, (part) => (part === "<" ? "&lt;" : part));
}

const check = process.argv.includes("--check");
const stale: string[] = [];
for (const [name, parts] of Object.entries(pages)) {
  const path = join(import.meta.dirname, "..", "docs", name);
  const page = readFileSync(path, "utf8");
  const printed = fillPage(page, parts);
  if (printed === page) continue;
  if (check) stale.push(`docs/${name}`);
  else writeFileSync(path, printed);
}
if (stale.length > 0) {
  process.stderr.write(`${stale.join(", ")}: not as the code says; run pnpm docs:print and commit what it changes\n`);
  process.exitCode = 1;
}
