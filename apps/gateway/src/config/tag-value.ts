import { z } from "zod";

/** A tag's value; YAML takes a cost centre for a number. */
export const tagValue: z.ZodType<string> = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  .meta({ shape: "text" });
