import { z } from "zod";

/** `limits`: how requests are held in the limits that they count in. */
export const holdingSchema = z.strictObject({
  hold: z
    .enum(["incremental", "strict"])
    .default("incremental")
    .meta({
      description:
        "What a streamed request must find room for before it begins: its input and some of its answer, more of which is " +
        "held as it is written (`incremental`), or the longest answer it may get (`strict`). Others always need room for all.",
    }),
  whenSpent: z
    .enum(["cut", "run"])
    .default("cut")
    .meta({
      description:
        "What becomes of an answer for which no more can be held: it ends with an error (`cut`), or goes on beyond the " +
        "limit, which then has that much less for others (`run`).",
    }),
});
