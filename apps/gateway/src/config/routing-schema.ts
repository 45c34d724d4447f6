import { globProblem } from "@drawbridge/governance";
import { defaultDispatchSettings, type HedgeSettings } from "@drawbridge/providers";
import { z } from "zod";
import { duration } from "./duration-schema.ts";
import { timeZone } from "./time-zone-schema.ts";
import { parseDuration } from "./parse-duration.ts";

/** `2s` or `p95`: after so long, or after as long as so many of a hundred answers take to begin. */
const hedgeAfter = z
  .unknown()
  .transform((value, context): HedgeSettings["after"] => {
    const percent = typeof value === "string" ? /^p(\d{2})$/.exec(value)?.[1] : undefined;
    if (percent !== undefined && percent !== "00") return { quantile: Number(percent) / 100 };
    const ms = parseDuration(value);
    if (ms !== undefined && ms >= 1) return { ms };
    context.addIssue({ code: "custom", message: "a duration such as 2s, or a percentile such as p95" });
    return z.NEVER;
  })
  .meta({ shape: "duration or percentile" });

const hedgeSchema = z.strictObject({
  after: hedgeAfter.meta({
    description: "How long the first place is given: a duration, or a percentile of what its answers took to begin.",
  }),
  share: z.number().gt(0).max(0.05).exactOptional().meta({
    description: "Greatest share of the requests that are sent twice.",
    fallback: 0.05,
  }),
});

const nameOrGlob = z.string().superRefine((text, context) => {
  const problem = globProblem(text);
  if (problem !== undefined) context.addIssue({ code: "custom", message: `a name or glob; this one ${problem}` });
});

function tier(name: string): z.ZodExactOptional<z.ZodType<string[]>> {
  return z
    .array(nameOrGlob)
    .exactOptional()
    .meta({ description: `Names of models that are ${name} to Claude Code.`, shape: "list of names or globs" });
}

const tiersSchema = z.strictObject({
  opus: tier("Opus"),
  sonnet: tier("Sonnet"),
  haiku: tier("Haiku"),
  fable: tier("Fable"),
});

/** How requests are dispatched; what is left out stays as `defaultDispatchSettings` has it. */
export const routingSchema = z
  .strictObject({
    attempts: z.int().min(1).max(10).default(defaultDispatchSettings.attempts).meta({
      description: "Greatest number of places asked for one request.",
    }),
    deadline: duration(1).exactOptional().meta({
      description: "Until the first content, over all attempts. Left out, only each call has deadlines.",
    }),
    firstContent: duration(1)
      .exactOptional()
      .meta({
        description:
          "How long a stream may take to its first content while another place could be asked instead. A place that is " +
          "the last has its own `timeouts`.",
        fallback: `${defaultDispatchSettings.firstContentMs / 1_000}s`,
      }),
    retryUncertain: z.boolean().default(defaultDispatchSettings.retryUncertain).meta({
      description:
        "Whether another place is asked when the first took the request and then said nothing; both may bill it.",
    }),
    hedge: hedgeSchema.exactOptional().meta({
      description:
        "Asks a second place as well when the first is slow to begin. The slower is cut off; both may bill it.",
    }),
    timeZone: timeZone.exactOptional().meta({
      description: "What clocks `time` in the conditions of rules goes by.",
      fallback: "UTC",
    }),
    tiers: tiersSchema.prefault({}).meta({
      description:
        "Which models `tier` in the conditions of rules stands for, as `ANTHROPIC_DEFAULT_OPUS_MODEL` and the like are set; " +
        "a name that contains the tier's own belongs to it anyway.",
    }),
  })
  .transform(({ deadline, firstContent, timeZone: zone, tiers, ...settings }) => ({
    rules: { timeZone: zone, tiers },
    settings: { ...settings, ...(firstContent !== undefined && { firstContentMs: firstContent }) },
    deadlineMs: deadline,
  }));
