import { z } from "zod";
import { parseDuration } from "./parse-duration.ts";

/** The longest delay that a timer can keep: 2^31 - 1 ms. */
const longestTimerMs = 2_147_483_647;

/** A duration, at least `least` ms. A custom issue's message says what is wanted, here and below. */
export function duration(least: number): z.ZodType<number> {
  return z
    .unknown()
    .transform((value, context) => {
      const ms = parseDuration(value);
      if (ms !== undefined && ms >= least && ms <= longestTimerMs) return ms;
      context.addIssue({ code: "custom", message: `a duration such as 500ms, 10s or 5m, from ${least} ms to 24 days` });
      return z.NEVER;
    })
    .meta({ shape: "duration" });
}
