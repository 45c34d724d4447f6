import type { Drops } from "../../conversation/drops.ts";
import { reasons } from "./reasons.ts";
import { ownValue } from "../../json/own-value.ts";

/** Which fields a dialect reads, and why it leaves others. */
export interface FieldTable {
  readonly known: ReadonlySet<string>;
  readonly fieldReasons: Readonly<Record<string, string>>;
  readonly drops: Drops;
}

/** Notes every field that nobody reads, unless its value asks for nothing. */
export function reportFields(request: object, { known, fieldReasons, drops }: FieldTable): void {
  for (const [field, value] of Object.entries(request)) {
    if (!known.has(field) && !asksNothing(value))
      drops.add(field, ownValue(fieldReasons, field) ?? reasons.unknownField);
  }
}

const neutral: ReadonlySet<unknown> = new Set(["auto", "default", "disabled"]);

function asksNothing(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === null || value === undefined || value === false || value === 0 || neutral.has(value);
}
