import { isRecord } from "../../json/is-record.ts";

/** A call's arguments as the object they stand for; what is no object becomes the member `input` of one. */
export function inputOf(args: string): Readonly<Record<string, unknown>> {
  if (args.trim() === "") return {};
  const value = parse(args);
  return isRecord(value) ? value : { input: value ?? args };
}

/** The input of a custom tool, whose schema is {@link customSchema}. */
export function customInputOf(args: string): string {
  const value = parse(args);
  const input = isRecord(value) ? value["input"] : undefined;
  return typeof input === "string" ? input : args;
}

/** A custom tool takes one text; here it is the only member of an object. */
export const customSchema = {
  type: "object",
  properties: { input: { type: "string", description: "The whole input of the tool, as it is." } },
  required: ["input"],
  additionalProperties: false,
} as const;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
