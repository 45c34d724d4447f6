import { type DirectoryProblem, directoryProblems } from "@drawbridge/governance";
import type { z } from "zod";
import { type DirectorySettings, directoryRules } from "./declared-directory.ts";
import { type Finding, valueAt } from "./explain-issues.ts";
import { keySchema } from "./key-schema.ts";
import { customerSchema, teamSchema, userSchema } from "./level-schema.ts";
import { limitGroup } from "./limits-schema.ts";
import { placeOf } from "./place-of.ts";

/** What is wrong with who there is, and what is possible but has no effect. */
export interface DirectoryFindings {
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/**
 * What customers, teams, users, keys and their limits must be to each other. Entries are read leniently: a setting that
 * the schema refuses is left out, so that all else is still looked at. `written` is the file before references were
 * filled in, whose names are the ones that messages show.
 */
export function checkDirectory(value: unknown, written: unknown, nowMs?: number): DirectoryFindings {
  const settings = readSettings(value, written);
  const { providers, ...levels } = directoryRules(settings, (token) => token);
  const known = providers?.length === 0 ? {} : { providers };
  const found = directoryProblems({ ...levels, ...known });
  const isWarning = ({ warning, isAboveParent }: DirectoryProblem): boolean => warning && isAboveParent !== true;
  const findings = (warning: boolean): Finding[] =>
    found.filter((problem) => isWarning(problem) === warning).map((problem) => toFinding(problem, settings));
  return { problems: findings(false), warnings: [...findings(true), ...expiredKeys(settings, nowMs)] };
}

/** Keys that nobody can use any more, and that nobody has revoked: perhaps the day is a mistake. */
function expiredKeys({ keys, keyPlaces }: DirectorySettings, nowMs = Number.NaN): readonly Finding[] {
  return keys.flatMap(({ name, expires = Number.POSITIVE_INFINITY, revoked }, index) => {
    if (revoked !== undefined || !(expires <= nowMs)) return [];
    const message = `key "${name}" has expired and is refused; give it a later day, or take it out`;
    return [{ path: ["keys", keyPlaces?.[index] ?? index, "expires"], message, tellsNoValue: true }];
  });
}

function toFinding(problem: DirectoryProblem, settings: DirectorySettings): Finding {
  const [section] = problem.path;
  const field = problem.path.at(-1);
  // What a message about a secret names is the key, never the secret.
  const tellsNoValue = field === "digest";
  return {
    path: placeOf(problem, settings),
    message: problem.message,
    tellsNoValue,
    atKey: section !== "keys" && field === "name",
  };
}

function readSettings(value: unknown, written: unknown): DirectorySettings {
  const keys = listAt(value, "keys").flatMap((entry, index) => {
    const key = lenient(keySchema, entry);
    const name = valueAt(written, ["keys", index, "name"]);
    return key === undefined ? [] : [{ index, key: typeof name === "string" ? { ...key, name } : key }];
  });
  return {
    customers: entriesAt(value, "customers", customerSchema),
    teams: entriesAt(value, "teams", teamSchema),
    users: entriesAt(value, "users", userSchema),
    keys: keys.map(({ key }) => key),
    keyPlaces: keys.map(({ index }) => index),
    providers: mapped(
      groupAt(value, "providers"),
      (provider) => lenient(limitGroup, valueAt(provider, ["limits"])) ?? {},
    ),
  };
}

function entriesAt<Schema extends z.ZodObject>(
  value: unknown,
  section: string,
  schema: Schema,
): Record<string, z.output<Schema>> {
  return mapped(groupAt(value, section), (entry) => lenient(schema, entry) ?? schema.parse({}));
}

/** What a schema makes of the settings that it does not refuse; undefined where it makes nothing of what is left. */
function lenient<Schema extends z.ZodObject>(schema: Schema, value: unknown): z.output<Schema> | undefined {
  const shape = new Map<string, z.ZodType>(Object.entries(schema.shape));
  const sound = Object.entries(isGroup(value) ? value : {}).filter(
    ([name, part]) => shape.get(name)?.safeParse(part).success,
  );
  const result = schema.safeParse(Object.fromEntries(sound));
  return result.success ? result.data : undefined;
}

function mapped<Entry>(
  group: Readonly<Record<string, unknown>>,
  make: (entry: unknown) => Entry,
): Record<string, Entry> {
  return Object.fromEntries(Object.entries(group).map(([name, entry]) => [name, make(entry)]));
}

function groupAt(value: unknown, section: string): Readonly<Record<string, unknown>> {
  const group = valueAt(value, [section]);
  return isGroup(group) ? group : {};
}

function listAt(value: unknown, section: string): readonly unknown[] {
  const list = valueAt(value, [section]);
  return Array.isArray(list) ? list : [];
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
