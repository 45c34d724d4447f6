import { isRecord } from "../json/is-record.ts";
import type { Place } from "./place.ts";
import { reasons } from "./reasons.ts";

/** The input of an earlier tool call as the object that it should be; broken histories hold text, null and lists there. */
export function toolArguments(input: unknown, place: Place): Readonly<Record<string, unknown>> {
  if (isRecord(input)) return input;
  if (input === undefined || input === null || input === "") return {};
  const parsed = typeof input === "string" ? parseObject(input) : undefined;
  if (parsed === undefined) place.scene.drops.add(`${place.path()}.input`, reasons.toolInput);
  return parsed ?? {};
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
