import { nearestNames } from "@drawbridge/governance";
import { z } from "zod";

/** A time zone by its IANA name. */
export const timeZone: z.ZodType<string> = z
  .unknown()
  .transform((value, context): string => {
    if (typeof value === "string" && isTimeZone(value)) return value;
    const [near] = nearestNames(String(value), Intl.supportedValuesOf("timeZone"), 1);
    const meant = near === undefined ? "" : `; did you mean "${near}"?`;
    context.addIssue({ code: "custom", message: `a time zone by its IANA name, such as Europe/Berlin${meant}` });
    return z.NEVER;
  })
  .meta({ shape: "time zone" });

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
