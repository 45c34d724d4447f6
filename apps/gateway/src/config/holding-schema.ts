import { z } from "zod";

const hold = z.enum(["incremental", "strict"]);
const whenSpent = z.enum(["cut", "run"]);

/** `limits`: how requests are held in the limits that they count in. */
export const holdingSchema = z.strictObject({
  hold: hold.default("incremental").meta({
    description:
      "What a streamed request must find room for before it begins: its input and some of its answer, more of which is " +
      "held as it is written (`incremental`), or the longest answer it may get (`strict`). Others always need room for all.",
  }),
  whenSpent: whenSpent.default("cut").meta({
    description:
      "What becomes of an answer for which no more can be held: it ends with an error (`cut`), or goes on beyond the " +
      "limit, which then has that much less for others (`run`).",
  }),
});

/** The same on one level. */
export const holdingFields = {
  hold: hold.exactOptional().meta({
    description:
      "As `limits.hold`, for requests that pass this level. Of several levels that say it, `strict` counts before `incremental`.",
    fallback: "limits.hold",
  }),
  whenSpent: whenSpent.exactOptional().meta({
    description: "As `limits.whenSpent`; `cut` counts before `run`.",
    fallback: "limits.whenSpent",
  }),
};
