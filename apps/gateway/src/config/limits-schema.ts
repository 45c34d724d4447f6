import type { Limit } from "@drawbridge/governance";
import { z } from "zod";
import { parseCount } from "./parse-count.ts";
import { parseUsd } from "./parse-usd.ts";
import { timeZone } from "./time-zone-schema.ts";
import { budgetWindows, parseBudgetWindow, parseRateWindow, rateWindows } from "./parse-window.ts";

/** A value that a function reads; what is wanted is told when it cannot. */
function read<Value>(parse: (value: unknown) => Value | undefined, wanted: string): z.ZodType<Value> {
  return z.unknown().transform((value, context) => {
    const parsed = value === undefined ? undefined : parse(value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: "custom", message: wanted });
    return z.NEVER;
  });
}

const usdWanted = "USD from 0 to 9007199 with at most nine digits behind the point, such as 500 or 2.50";
const usd = read(parseUsd, usdWanted);

function count(least: number): z.ZodType<number> {
  const atLeast = (value: unknown): number | undefined => {
    const parsed = parseCount(value);
    return parsed !== undefined && parsed >= least ? parsed : undefined;
  };
  return read(atLeast, `a whole number from ${least} on, such as 60, 500k or 2M`);
}

const budgetSchema = z
  .strictObject({ usd, per: z.unknown().meta({ shape: budgetWindows }), timeZone: timeZone.exactOptional() })
  .transform(({ usd: amount, per, timeZone: zone }, context): Limit => {
    const window = parseBudgetWindow(per, zone);
    if (window === undefined) context.addIssue({ code: "custom", path: ["per"], message: budgetWindows });
    else if (zone !== undefined && window.kind !== "calendar") {
      const message = "nothing here: only periods of the calendar begin at the midnight of a time zone";
      context.addIssue({ code: "custom", path: ["timeZone"], message });
    }
    return window === undefined ? z.NEVER : { of: "nanoUsd", amount, window };
  });

const quantities = ["requests", "inputTokens", "outputTokens", "totalTokens"] as const;

const rateSchema = z
  .strictObject({
    requests: count(0).exactOptional(),
    inputTokens: count(0).exactOptional(),
    outputTokens: count(0).exactOptional(),
    totalTokens: count(0).exactOptional(),
    per: z.unknown().meta({ shape: rateWindows }),
  })
  .transform(({ per, ...amounts }, context): readonly Limit[] => {
    const window = parseRateWindow(per);
    if (window === undefined) {
      context.addIssue({ code: "custom", path: ["per"], message: rateWindows });
      return z.NEVER;
    }
    const limits = quantities.flatMap((of): Limit[] => {
      const amount = amounts[of];
      return amount === undefined ? [] : [{ of, amount, window }];
    });
    if (limits.length === 0) {
      context.addIssue({ code: "custom", message: `at least one of ${quantities.join(", ")}` });
    }
    return limits;
  });

/** The settings that limit somebody or something. */
export const limitFields = {
  budgets: z
    .array(budgetSchema)
    .exactOptional()
    .meta({
      description:
        `Money: \`{ usd, per, timeZone }\`. \`per\` is ${budgetWindows}. Periods of the calendar begin at midnight in ` +
        "`timeZone`, which is UTC when left out.",
      shape: "list of budgets",
    }),
  rates: z
    .array(rateSchema)
    .exactOptional()
    .meta({
      description:
        `Rates: \`{ requests, inputTokens, outputTokens, totalTokens, per }\`, any of the four. \`per\` is ${rateWindows}, ` +
        "and holds for every stretch of time as long.",
      shape: "list of rates",
    }),
  parallel: count(1).exactOptional().meta({ description: "Requests at the same time.", shape: "count" }),
  maxTokens: count(1).exactOptional().meta({ description: "Output tokens of one request.", shape: "count" }),
  maxCost: usd.exactOptional().meta({ description: "USD that one request may cost.", shape: "USD" }),
};

const limitsSchema = z.strictObject(limitFields);

/** What {@link limitFields} come to. */
export type LimitSettings = z.output<typeof limitsSchema>;

/** A limit and the setting that it comes from. */
export interface SetLimit {
  readonly limit: Limit;
  readonly path: readonly (string | number)[];
}

/** The limits that were set, each with its place. */
export function limitsOf({
  budgets = [],
  rates = [],
  parallel,
  maxTokens,
  maxCost,
}: LimitSettings): readonly SetLimit[] {
  const one = (setting: string, amount: number | undefined, limit: Omit<Limit, "amount">): SetLimit[] =>
    amount === undefined ? [] : [{ limit: { ...limit, amount }, path: [setting] }];
  return [
    ...budgets.map((limit, index) => ({ limit, path: ["budgets", index] })),
    ...rates.flatMap((limits, index) => limits.map((limit) => ({ limit, path: ["rates", index] }))),
    ...one("parallel", parallel, { of: "requests", window: { kind: "parallel" } }),
    ...one("maxTokens", maxTokens, { of: "outputTokens", window: { kind: "request" } }),
    ...one("maxCost", maxCost, { of: "nanoUsd", window: { kind: "request" } }),
  ];
}

/** Limits as a group of their own. */
export const limitGroup = limitsSchema.meta({
  description: "Limits: `budgets`, `rates`, `parallel`, `maxTokens` and `maxCost`, as on every level.",
});
