import {
  type Changed,
  createEntry,
  createKey,
  type DirectoryChange,
  type DirectoryRules,
  type DirectoryState,
  type DirectoryUpdate,
  type EntryKind,
  type KeyRules,
  type LevelRules,
  type Limit,
  unlessChanged,
  updateEntry,
  updateKey,
} from "@drawbridge/governance";
import { Secret } from "@drawbridge/providers";
import { z } from "zod";
import { directoryRules } from "../config/declared-directory.ts";
import { explainIssues } from "../config/explain-issues.ts";
import { keySchema } from "../config/key-schema.ts";
import { customerSchema, teamSchema, userSchema } from "../config/level-schema.ts";
import { limitGroup } from "../config/limits-schema.ts";
import { ruleActions } from "../config/outline.ts";
import { ruleSchema } from "../config/rules-schema.ts";
import { checkLevel, checkProvider } from "./check-level.ts";
import { checkRule } from "./check-rule.ts";
import type { Settings } from "./directory-arguments.ts";

/** Something that is made or changed, with settings as the file has them. */
export interface SettingsOf<Kind extends EntryKind = EntryKind> {
  readonly kind: Kind;
  readonly name: string;
  readonly settings: Settings;
}

const storedKeySchema = keySchema.omit({ name: true, value: true, previous: true, revoked: true });
const nothing = { customers: {}, teams: {}, users: {}, keys: [], providers: {} };

/** The change that makes this, `providers` being those that there are. Throws a TypeError that names the setting that is wrong. */
export function creation(
  { kind, name, settings }: SettingsOf<Exclude<EntryKind, "key">>,
  providers: readonly string[],
): DirectoryChange {
  if (kind === "rule") {
    const rule = ruleOf(name, settings);
    checkRule(name, settings, providers);
    return createEntry("rule", rule);
  }
  const entry = levelOf({ kind, name, settings });
  checkProvider(kind, name, providers);
  checkLevel(settings, providers);
  return createEntry(kind, entry);
}

/** The same for a key, of which only the digest is known. */
export function keyCreation(
  { name, settings }: Omit<SettingsOf, "kind">,
  { digest, providers }: { readonly digest: string; readonly providers: readonly string[] },
): DirectoryChange {
  const { revokedAtMs: _, ...key } = keyOf(name, settings, digest);
  checkLevel(settings, providers);
  return createKey(key);
}

function keyOf(name: string, settings: Settings, digest: string): KeyRules {
  const parsed = checked(storedKeySchema, { path: ["keys", 0], settings });
  const keys = [{ ...parsed, name, value: new Secret("") }];
  const [key] = directoryRules({ ...nothing, keys }, () => digest).keys ?? [];
  if (key === undefined) throw new TypeError(`key "${name}" came to nothing`);
  return key;
}

function levelOf({ kind, name, settings }: SettingsOf<"customer" | "team" | "user" | "provider">): LevelRules {
  const found = levelsOf({ kind, name, settings });
  const [level] = found;
  if (level === undefined) throw new TypeError(`${kind} "${name}" came to nothing`);
  return level;
}

function levelsOf({ kind, name, settings }: SettingsOf): readonly LevelRules[] {
  const at = { path: [`${kind}s`, name], settings };
  const rules = (part: Partial<Parameters<typeof directoryRules>[0]>): ReturnType<typeof directoryRules> =>
    directoryRules({ ...nothing, ...part }, (token) => token);
  switch (kind) {
    case "customer":
      return rules({ customers: { [name]: checked(customerSchema, at) } }).customers ?? [];
    case "team":
      return rules({ teams: { [name]: checked(teamSchema, at) } }).teams ?? [];
    case "user":
      return rules({ users: { [name]: checked(userSchema, at) } }).users ?? [];
    default:
      return (
        rules({ providers: { [name]: checked(limitGroup, { ...at, path: [...at.path, "limits"] }) } }).providers ?? []
      );
  }
}

/** Something that is to be changed, and how. */
export interface Alteration extends SettingsOf {
  /** Settings that are taken away. */
  readonly unset: readonly string[];
}

/** The change by which this gets other settings, or loses some; others stay, also of its limits and its filters. */
export function alteration(
  alter: Alteration,
  { entries, governed }: DirectoryState,
  providers: readonly string[],
): DirectoryChange {
  const { kind, name, unset } = alter;
  const strange = unset.find((one) => !settingsOf(kind).includes(one));
  if (strange !== undefined) throw new TypeError(`--unset: there is no setting "${strange}"`);
  const entry = entries.get(kind, name);
  const update =
    kind === "rule"
      ? ruleUpdate(alter, entry?.spec, providers)
      : levelUpdate(alter, { directory: governed.directory, providers });
  return entry === undefined ? update : unlessChanged(update, entry.version);
}

function ruleUpdate(
  { name, settings, unset }: Alteration,
  before: Settings = {},
  providers: readonly string[],
): DirectoryUpdate {
  const { name: _, ...rule } = ruleOf(name, settings);
  const kept = Object.entries({ ...before, ...settings }).filter(([setting]) => !unset.includes(setting));
  checkRule(name, Object.fromEntries(kept), providers);
  return updateEntry("rule", name, { ...rule, ...Object.fromEntries(unset.map((one) => [one, undefined])) });
}

function levelUpdate(
  { kind, name, settings, unset }: Alteration,
  { directory, providers }: { readonly directory: DirectoryRules; readonly providers: readonly string[] },
): DirectoryUpdate {
  if (kind === "rule") throw new TypeError("a rule is no level");
  const before = [...(directory[`${kind}s`] ?? [])].find((entry) => entry.name === name);
  const after: LevelRules = kind === "key" ? keyOf(name, settings, "") : levelOf({ kind, name, settings });
  checkLevel(settings, providers);
  const spec = changed({ before, after, given: Object.keys(settings), unset });
  return kind === "key" ? updateKey(name, spec) : updateEntry(kind, name, spec);
}

/** What can be taken away. */
function settingsOf(kind: EntryKind): readonly string[] {
  if (kind === "rule") return [...ruleActions, "when", "position"];
  return kind === "provider" ? limitSettings : Object.keys(storedKeySchema.shape);
}

const limitSettings = Object.keys(limitGroup.shape);
const policySettings = ["models", "providers", "regions", "endpoints", "tools"];
const termSettings = ["hold", "whenSpent"];
const ownNames = new Map([
  ["expires", "expiresAtMs"],
  ["hold", "mode"],
]);

/** What a setting of the file is called where it is stored. */
function ownName(setting: string): string {
  return ownNames.get(setting) ?? setting;
}

interface LevelChange {
  readonly before: LevelRules | undefined;
  readonly after: LevelRules;
  /** Settings that `after` is made of. */
  readonly given: readonly string[];
  readonly unset: readonly string[];
}

function changed({ before, after, given, unset }: LevelChange): Changed<LevelRules> {
  const spec: Record<string, unknown> = {};
  const afterBy = new Map<string, unknown>(Object.entries(after));
  const touched = [...given, ...unset];
  const parts = { given, unset };
  for (const setting of touched) {
    if (limitSettings.includes(setting)) {
      const kept = (before?.limits ?? []).filter((limit) => !touched.includes(settingOf(limit)));
      spec["limits"] = [...kept, ...(after.limits ?? []).filter((limit) => !unset.includes(settingOf(limit)))];
    } else if (policySettings.includes(setting)) {
      spec["policy"] = merged(before?.policy, after.policy, parts);
    } else if (termSettings.includes(setting)) {
      const named = { given: given.map(ownName), unset: unset.map(ownName) };
      spec["terms"] = merged(before?.terms, after.terms, named);
    } else {
      spec[ownName(setting)] = unset.includes(setting) ? undefined : afterBy.get(ownName(setting));
    }
  }
  return spec;
}

interface Parts {
  readonly given: readonly string[];
  readonly unset: readonly string[];
}

function merged(before: object = {}, after: object = {}, { given, unset }: Parts): object {
  const kept = Object.entries(before).filter(([name]) => !given.includes(name) && !unset.includes(name));
  const taken = Object.entries(after).filter(([name]) => given.includes(name));
  return Object.fromEntries([...kept, ...taken]);
}

/** The setting that a limit comes from. */
function settingOf({ of, window }: Limit): string {
  if (window.kind === "request") return of === "nanoUsd" ? "maxCost" : "maxTokens";
  if (window.kind === "parallel") return "parallel";
  return of === "nanoUsd" ? "budgets" : "rates";
}

const position = z.number().exactOptional();

function ruleOf(name: string, { position: place, ...settings }: Settings): ReturnType<typeof parsedRule> {
  const rule = parsedRule(name, settings);
  if (place === undefined) return rule;
  const parsed = position.safeParse(place);
  if (!parsed.success || parsed.data === undefined) throw new TypeError("position: wanted a number");
  return { ...rule, position: parsed.data };
}

function parsedRule(name: string, settings: Settings): z.output<typeof ruleSchema> & { readonly position?: number } {
  return checked(ruleSchema, { path: ["rules", 0], settings: { ...settings, name } });
}

interface At {
  /** Where the settings would stand in the file. */
  readonly path: readonly (string | number)[];
  readonly settings: Settings;
}

function checked<Schema extends z.ZodType>(schema: Schema, { path, settings }: At): z.output<Schema> {
  const result = schema.safeParse(settings);
  if (result.success) return result.data;
  const written = path.reduceRight<unknown>((value, step) => (step === 0 ? [value] : { [step]: value }), settings);
  const issues = result.error.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
  const messages = explainIssues(issues, written).map(
    (finding) => `${finding.path.slice(path.length).join(".")}: ${finding.message}`,
  );
  throw new TypeError(messages.join("\n"));
}
