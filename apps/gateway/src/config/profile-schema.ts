import { z } from "zod";

/** A schema for each property of a profile: a new property does not compile until it stands there. */
export type ProfileFields<Profile> = { readonly [Field in keyof Required<Profile>]: z.ZodType<Profile[Field]> };

/** Corrections to a profile; every field may be left out, and there are no others. */
export function profileSchema<Profile>(fields: ProfileFields<Profile>): z.ZodType<Partial<Profile>> {
  const optional = Object.entries<z.ZodType>(fields).map(([name, schema]) => [name, schema.exactOptional()]);
  return asProfile(z.strictObject(Object.fromEntries(optional)));
}

/** The fields are those of the profile, each with its type, which `Object.entries` forgets. */
function asProfile<Profile>(schema: z.ZodType): z.ZodType<Partial<Profile>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made of `ProfileFields<Profile>` field by field
  return schema as z.ZodType<Partial<Profile>>;
}

/** Something that a server does or does not. */
export function flag(meaning: string): z.ZodBoolean {
  return z.boolean().meta({ description: meaning });
}

/** Values of a reasoning effort that a model has. */
export const effortsSchema = z.array(z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]));

/** Least and greatest number of tokens of an answer. */
export const tokenRangeSchema = z.strictObject({ min: z.int().min(1), max: z.int().min(1) });
