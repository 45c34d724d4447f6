import { flatRow, type ModelOverride, parseRate } from "@drawbridge/providers/models";
import { z } from "zod";

const dearestWanted = "a price in USD from 0 to 1000, with at most nine digits behind the point, such as 0.25";

/** USD as number or text, read digit by digit: in nano-USD. */
function usd(description: string): z.ZodExactOptional<z.ZodType<number>> {
  return z
    .unknown()
    .transform((value, context) => {
      const nano = parseRate(value);
      if (nano !== undefined) return nano;
      context.addIssue({ code: "custom", message: dearestWanted });
      return z.NEVER;
    })
    .exactOptional()
    .meta({ description, shape: "USD" });
}

/** A number of tokens, or its text, which is what a reference gives. */
function tokens(description: string): z.ZodExactOptional<z.ZodType<number>> {
  return z
    .unknown()
    .transform((value, context) => {
      const count = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
      if (typeof count === "number" && Number.isInteger(count) && count > 0 && count < 1e9) return count;
      context.addIssue({ code: "custom", message: "a whole number of tokens, at least 1" });
      return z.NEVER;
    })
    .exactOptional()
    .meta({ description, shape: "tokens" });
}

const entrySchema = z
  .strictObject({
    input: usd("For a million tokens of input; wanted with `output`."),
    output: usd("For a million tokens of output, reasoning among them."),
    cacheRead: usd("For a million tokens read from a cache; as `input` when left out."),
    cacheWrite: usd("For a million tokens written to a cache for minutes; as `input` when left out."),
    cacheWrite1h: usd("For a million tokens written for an hour; twice `input` when left out and `cacheWrite` is not."),
    webSearch: usd("For a thousand searches of the web by the provider; nothing when left out."),
    contextWindow: tokens("How many tokens input and output may have together."),
    maxOutputTokens: tokens("How many tokens an answer may have."),
  })
  .superRefine(({ input, output, cacheRead, cacheWrite, cacheWrite1h, webSearch }, context) => {
    const priced = [input, output, cacheRead, cacheWrite, cacheWrite1h, webSearch].some((price) => price !== undefined);
    for (const [field, value] of Object.entries({ input, output })) {
      if (priced && value === undefined) context.addIssue({ code: "custom", path: [field], message: dearestWanted });
    }
  });

type Entry = z.output<typeof entrySchema>;

/** `prices`, by patterns of `provider/model`; what comes out is what a model book takes. */
export const pricesSchema = z
  .record(z.string(), entrySchema)
  .transform((entries) => Object.entries(entries).map(([match, entry]) => overrideOf(match, entry)));

function overrideOf(match: string, entry: Entry): ModelOverride {
  const { input, output, cacheRead, cacheWrite: cacheWrite5m, cacheWrite1h, webSearch = 0 } = entry;
  const { contextWindow, maxOutputTokens } = entry;
  const facts = { contextWindow, maxOutputTokens };
  if (input === undefined || output === undefined) return { match, facts };
  const perWebSearchNanoUsd = Math.ceil(webSearch / 1_000);
  return {
    match,
    facts,
    price: flatRow({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }, perWebSearchNanoUsd),
  };
}
