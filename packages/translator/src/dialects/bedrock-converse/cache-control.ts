import { isRecord } from "../../json/is-record.ts";
import type { CacheControl } from "../../messages/content.ts";

/** Tells a prompt cache marker from anything else that may stand in its place. */
export function isCacheControl(value: unknown): value is CacheControl {
  return isRecord(value) && value["type"] === "ephemeral";
}
