import { Secret } from "@drawbridge/providers";
import { z } from "zod";
import { levelFields } from "./level-schema.ts";
import { parseInstant } from "./parse-instant.ts";

const value = z
  .string()
  .min(1)
  .regex(/^[\x21-\x7e]*$/, "text of visible ASCII characters, without spaces: it travels in a header")
  .transform((text) => new Secret(text))
  .meta({ shape: "secret" });

const instant = z
  .unknown()
  .transform((text, context) => {
    const ms = parseInstant(text);
    if (ms !== undefined) return ms;
    context.addIssue({ code: "custom", message: "a day such as 2027-01-31, or a moment such as 2027-01-31T18:00:00Z" });
    return z.NEVER;
  })
  .meta({ shape: "date" });

const owner = z.string().min(1).exactOptional();

/** One entry of `keys`. */
export const keySchema = z.strictObject({
  name: z.string().min(1).meta({ description: "Which key it is; shown in logs. Unique." }),
  value: value.meta({ description: "The key that the client sends; at least 20 characters are wise. Unique." }),
  user: owner.meta({
    description: "Whose key it is. A key belongs to one user, one team or one customer, or to nobody.",
  }),
  team: owner.meta({ description: "The team that it belongs to, when it is no user's." }),
  customer: owner.meta({ description: "The customer that it belongs to, when it is no team's." }),
  previous: z
    .strictObject({
      value: value.meta({ description: "The value before the last change, which is still taken for a while." }),
      until: instant.meta({ description: "From when on the previous value is refused." }),
    })
    .exactOptional()
    .meta({ description: "The value that this one replaces." }),
  expires: instant.exactOptional().meta({ description: "From when on it is refused; a day begins in UTC." }),
  revoked: instant.exactOptional().meta({ description: "Since when it is refused for good." }),
  addresses: z.array(z.string()).exactOptional().meta({
    description: "Addresses and ranges that requests must come from, like `10.0.0.0/8`; see `server.trustedProxies`.",
    shape: "list of addresses",
  }),
  ...levelFields,
});

/** What an entry of `keys` comes to. */
export type KeySettings = z.output<typeof keySchema>;
