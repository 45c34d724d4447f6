import { endpoints } from "@drawbridge/governance";
import { z } from "zod";
import { holdingFields } from "./holding-schema.ts";
import { tagValue } from "./tag-value.ts";
import { limitFields, limitGroup } from "./limits-schema.ts";

const globs = z.array(z.string()).meta({ shape: "list of globs" });

const models = z.strictObject({
  allow: globs.default([]).meta({
    description: "Models that may be used, by the name asked for or by `provider/model`; empty allows all.",
  }),
  deny: globs.default([]).meta({ description: "Models that may not be used; wins over `allow`." }),
});

const providers = z.strictObject({
  allow: globs.default([]).meta({ description: "Providers that requests may go to, by name; empty allows all." }),
  deny: globs.default([]).meta({ description: "Providers that they may not go to; wins over `allow`." }),
});

const tools = z
  .strictObject({
    allow: globs
      .default([])
      .meta({ description: "Tools that may be offered, by name or, of the API's own, by type; empty allows all." }),
    deny: globs
      .default([])
      .meta({ description: "Tools that may not, like `mcp__github__*` or `web_search*`; wins over `allow`." }),
    forbidden: z.enum(["refuse", "remove"]).exactOptional().meta({
      description: "Whether a request with a forbidden tool is refused, or goes on without the tool.",
      fallback: "refuse",
    }),
  })
  .superRefine(({ allow, deny, forbidden }, context) => {
    if (forbidden === undefined || allow.length + deny.length > 0) return;
    context.addIssue({ code: "custom", path: ["forbidden"], message: "nothing here without allow or deny" });
  });

/** What can be set on every level of the hierarchy. */
export const levelFields = {
  ...limitFields,
  providerLimits: z.record(z.string(), limitGroup).exactOptional().meta({
    description: "Limits on what goes to one provider, by its name: `{ openai: { budgets, rates, parallel, … } }`.",
    shape: "provider: limits",
  }),
  ...holdingFields,
  models: models.prefault({}).meta({ description: "Which models may be used." }),
  providers: providers.prefault({}).meta({ description: "Which providers may be used." }),
  regions: globs.default([]).meta({
    description: "Regions in which requests may be computed; empty allows all. A provider without region is in none.",
  }),
  endpoints: z.array(z.enum(endpoints)).default([]).meta({
    description: "What may be asked; empty allows all.",
  }),
  tools: tools.prefault({}).meta({ description: "Which tools requests may offer their model." }),
  tags: z.record(z.string(), tagValue).exactOptional().meta({
    description:
      "For accounts and rules, like `{ project: x, cost_centre: 4711 }`; passed down, a lower level's value wins.",
    shape: "name: value",
  }),
  disabled: z
    .boolean()
    .exactOptional()
    .meta({ description: "Refuses the key, or every key below the level.", fallback: false }),
};

const owner = z.string().min(1).exactOptional();

/** One entry of `customers`. */
export const customerSchema = z.strictObject(levelFields);

/** One entry of `teams`. */
export const teamSchema = z.strictObject({
  customer: owner.meta({ description: "The customer that it belongs to." }),
  ...levelFields,
});

/** One entry of `users`. */
export const userSchema = z.strictObject({
  team: owner.meta({ description: "The team that the user belongs to." }),
  ...levelFields,
});

/** What any level comes to. */
export type LevelSettings = z.output<typeof customerSchema>;
