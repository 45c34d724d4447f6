import { isRecord } from "./is-record.ts";

/** The number that stands under a key of parsed JSON; undefined for all that is no count. */
export function countAt(value: unknown, key: string): number | undefined {
  const count = isRecord(value) ? value[key] : undefined;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}
