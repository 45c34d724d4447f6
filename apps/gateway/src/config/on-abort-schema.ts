import { z } from "zod";
import { parseDuration } from "./parse-duration.ts";

/** No answer is read on for longer. */
const longestMs = 10 * 60_000;

/** What becomes of an answer whose client has left. */
export const onAbortSchema = z
  .unknown()
  .transform((value, context) => {
    if (value === "abort") return { readOnMs: 0 };
    if (value === "drain") return { readOnMs: longestMs };
    const ms = parseDuration(value);
    if (ms !== undefined && ms >= 1 && ms <= longestMs) return { readOnMs: ms };
    context.addIssue({ code: "custom", message: "abort, drain or a duration such as 30s, 10m at most" });
    return z.NEVER;
  })
  .meta({
    description:
      "What becomes of an answer whose client has left: `abort` ends it, and what it cost is an estimate; `drain` reads it " +
      "to its end, which tells; a duration reads on for so long.",
    fallback: "`30s` where the vendor bills answers to their end, else `abort`",
    shape: "abort, drain or duration",
  });
