import type { RouteLinkRule, RoutingRule } from "@drawbridge/governance";
import { z } from "zod";
import { linkSchema } from "./chain-schema.ts";
import { tagValue } from "./tag-value.ts";

/** One link, or a list of them, as `models[].targets` has them. */
const chainSchema: z.ZodType<readonly RouteLinkRule[]> = z
  .unknown()
  .transform((value, context): readonly RouteLinkRule[] => {
    if (Array.isArray(value) && value.length === 0)
      context.addIssue({ code: "custom", message: "at least one target" });
    const links = Array.isArray(value)
      ? value.map((link, index) => ({ link, path: [index] }))
      : [{ link: value, path: [] }];
    return links.flatMap(({ link, path }) => {
      const read = linkSchema.safeParse(link);
      for (const issue of read.error?.issues ?? []) {
        context.addIssue({ code: "custom", message: issue.message, path: [...path, ...issue.path] });
      }
      return read.data === undefined ? [] : [read.data];
    });
  })
  .meta({ shape: "provider/model, equals, or a chain of them" });

/** Names as levels have them, so that accounts and conditions know one kind of tag. */
const tags = z.record(z.string(), tagValue).superRefine((named, context) => {
  for (const name of Object.keys(named)) {
    if (/^[\w.-]{1,64}$/.test(name)) continue;
    const message = "a tag whose name has up to 64 letters, digits, dots, - and _";
    context.addIssue({ code: "custom", path: [name], message });
  }
});

/** One entry of `rules`; what they must be to each other and to the providers is checked beside the schema. */
export const ruleSchema: z.ZodType<RoutingRule> = z.strictObject({
  name: z.string().min(1).meta({ description: "Shown in logs and explanations. Unique." }),
  when: z.string().min(1).exactOptional().meta({
    description: "The condition, in CEL; without it the rule always holds. What it can ask: [rules](rules.md).",
    shape: "condition",
  }),
  route: chainSchema.exactOptional().meta({
    description: "Where the request goes instead, in the forms of `models[].targets`. Ends.",
  }),
  refuse: z.string().min(1).exactOptional().meta({
    description: "Refuses the request with this sentence. Ends.",
    shape: "sentence",
  }),
  tag: tags.exactOptional().meta({
    description: "Tags that the request has from here on, in the account and for later rules.",
    shape: "name: value",
  }),
  maxTokens: z
    .int()
    .min(1)
    .exactOptional()
    .meta({ description: "The most that `max_tokens` may be; a greater one is cut." }),
});
