import { nearestNames } from "@drawbridge/governance";
import { redact } from "@drawbridge/telemetry";
import type { z } from "zod";
import type { ConfigPath } from "./problem.ts";
import { schemaAt, shapeOf } from "./schema-tree.ts";

/** A problem before its place in the file is known. */
export interface Finding {
  readonly path: ConfigPath;
  readonly message: string;
  /** True when the key itself is wrong, not what stands behind it. */
  readonly atKey?: boolean;
  /** True when the message tells nothing of the value at the path, so that it may stand where a reference filled it in. */
  readonly tellsNoValue?: boolean;
}

/**
 * The finding as it may be shown: one that tells of a value that a reference filled in shows the reference instead.
 * `written` is the file before references were filled in.
 */
export function withoutFilledIn(finding: Finding, written: unknown): Finding {
  const text = valueAt(written, finding.path);
  if (finding.tellsNoValue === true || typeof text !== "string" || !text.includes("${")) return finding;
  const message = `${shown(text, finding.path)} gives something that is not possible; wanted ${wantedAt(finding.path)}`;
  return { ...finding, message };
}

/**
 * What the schema's issues mean to the person who wrote the file.
 * `written` is the file before references were filled in, so that no message can show what came from one.
 */
export function explainIssues(issues: readonly z.core.$ZodIssue[], written: unknown): readonly Finding[] {
  return issues.flatMap((issue): readonly Finding[] => {
    const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key));
    const value = valueAt(written, path);
    if (value === undefined || value === null) return [{ path, message: `missing; wanted ${wanted(issue, path)}` }];
    return [{ path, message: `${shown(value, path)} is not possible; wanted ${wanted(issue, path)}` }];
  });
}

/** "did you mean" for the nearest of these names, each in quotes; empty when none is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const near = nearestNames(name, candidates, 2);
  return near.length === 0 ? "" : `; did you mean ${near.map((one) => `"${one}"`).join(" or ")}?`;
}

/** A value as a message may show it: what stands in the file, cut, and never where a secret belongs. */
export function shown(value: unknown, path: ConfigPath): string {
  if (typeof value === "string") return holdsSecret(path) ? "this text" : redact(JSON.stringify(cut(value)));
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "a group of settings" : redact(String(value));
}

/** What stands at the path; undefined when nothing does. */
export function valueAt(value: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((part, step) => {
    if (typeof part !== "object" || part === null || !Object.hasOwn(part, step)) return undefined;
    return new Map<string, unknown>(Object.entries(part)).get(String(step));
  }, value);
}

function unknownKey(group: ConfigPath, key: string): Finding {
  const known = Object.keys(schemaAt(group)?.properties ?? {});
  const meant = didYouMean(key, known);
  const message = `there is no such setting${meant === "" ? `; known here are ${known.join(", ")}` : meant}`;
  return { path: [...group, cut(key)], message, atKey: true };
}

function wanted(issue: z.core.$ZodIssue, path: ConfigPath): string {
  switch (issue.code) {
    case "custom":
      return issue.message;
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return issue.origin === "string" ? "something that is not empty" : `at least ${String(issue.minimum)}`;
    case "too_big":
      return `at most ${String(issue.maximum)}`;
    case "invalid_format":
      return issue.message;
    default:
      return wantedAt(path);
  }
}

function wantedAt(path: ConfigPath): string {
  return shapeOf(schemaAt(path) ?? {}).replaceAll("`", "");
}

function holdsSecret(path: ConfigPath): boolean {
  return schemaAt(path)?.["shape"] === "secret" || path.includes("headers");
}

function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
