import type { RouteLinkRule } from "@drawbridge/governance";
import { z } from "zod";

/** What one entry of `targets` may be. */
const wanted = "provider/model, { target, weight }, or equals as { anyOf: [...], order }";
const orders = ["weight", "latency", "price"] as const;

/**
 * One link of a chain: a target, a target with its weight, or several equals. Written by hand, because of a union zod
 * can only say that no part of it fits.
 */
export const linkSchema: z.ZodType<RouteLinkRule> = z
  .unknown()
  .transform((value, context): RouteLinkRule => {
    const link = readLink(value, (path, message) => context.addIssue({ code: "custom", path: [...path], message }));
    return link ?? z.NEVER;
  })
  .meta({ shape: "provider/model or equals" });

type Report = (path: readonly (string | number)[], message: string) => void;

function readLink(value: unknown, report: Report): RouteLinkRule | undefined {
  if (!isGroup(value) || !("anyOf" in value)) {
    const target = readTarget(value, [], report);
    return target && { targets: [target] };
  }
  const { anyOf, order = "weight", ...unknown } = value;
  for (const key of Object.keys(unknown)) report([key], `nothing here; known are anyOf and order`);
  const known = orders.find((one) => one === order);
  if (known === undefined) report(["order"], `one of ${orders.join(", ")}`);
  if (!Array.isArray(anyOf) || anyOf.length === 0) report(["anyOf"], "a list of at least one target");
  if (!Array.isArray(anyOf)) return undefined;
  const targets = anyOf.map((one, index) => readTarget(one, ["anyOf", index], report));
  return { targets: targets.filter((target) => target !== undefined), order: known };
}

type Target = RouteLinkRule["targets"][number];

function readTarget(value: unknown, path: readonly (string | number)[], report: Report): Target | undefined {
  if (isName(value)) return { target: value };
  if (!isGroup(value)) {
    report(path, path.length === 0 ? wanted : "provider/model or { target, weight }");
    return undefined;
  }
  const { target, weight = 1, ...unknown } = value;
  for (const key of Object.keys(unknown)) report([...path, key], "nothing here; known are target and weight");
  if (!isWeight(weight)) report([...path, "weight"], "a number greater than 0");
  if (!isName(target)) report([...path, "target"], "provider/model");
  return isName(target) && isWeight(weight) ? { target, weight } : undefined;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isWeight(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
