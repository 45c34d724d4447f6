import { Secret } from "@drawbridge/providers";
import { z } from "zod";

/** An address that may hold a password; an empty one is none. */
function address(protocols: readonly string[], example: string): z.ZodType<Secret | undefined> {
  return z
    .string()
    .transform((text, context) => {
      if (text === "") return undefined;
      if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return new Secret(text);
      context.addIssue({ code: "custom", message: `an address such as ${example}` });
      return z.NEVER;
    })
    .meta({ shape: "secret" });
}

const redisAddress = address(["redis:", "rediss:"], "redis://:password@host:6379");

const leastHashKeyCharacters = 32;

/** `storage`: where the gateway keeps what it must remember, when several gateways share it. */
export const storageSchema = z
  .strictObject({
    postgres: address(["postgres:", "postgresql:"], "postgres://user:password@host:5432/database")
      .exactOptional()
      .meta({
        description:
          "PostgreSQL 14 or newer, as `postgres://user:password@host:5432/database`. Left out, everything stays in " +
          "`.drawbridge/` on this machine.",
      }),
    redis: redisAddress.exactOptional().meta({
      description:
        "Redis 6.2 or newer, as `redis://:password@host:6379`, which decides faster about budgets and limits. Needs `postgres`.",
    }),
    redisCluster: z.array(redisAddress).min(1).exactOptional().meta({
      description: "Instead of `redis`, some addresses of a Redis Cluster.",
      shape: "list of secrets",
    }),
    hashKey: z
      .string()
      .refine((text) => text.length >= leastHashKeyCharacters, {
        message: `text of at least ${leastHashKeyCharacters} characters that nobody can guess`,
      })
      .transform((text) => new Secret(text))
      .exactOptional()
      .meta({
        description:
          "Under which virtual keys are hashed; the same for all gateways. Left out, PostgreSQL keeps one that was made " +
          "there.",
        shape: "secret",
      }),
  })
  .superRefine(({ postgres, redis, redisCluster, hashKey }, context) => {
    const wrong = (setting: string, message: string): void => {
      context.addIssue({ code: "custom", path: [setting], message });
    };
    if (redis !== undefined && redisCluster !== undefined) wrong("redis", "one of redis and redisCluster");
    if (postgres !== undefined) return;
    if (redis !== undefined) wrong("redis", "none without storage.postgres, which remembers what Redis decides");
    if (redisCluster !== undefined)
      wrong("redisCluster", "none without storage.postgres, which remembers what Redis decides");
    if (hashKey !== undefined) wrong("hashKey", "none without storage.postgres; on one machine it is made by itself");
  });

/** What `storage` comes to. */
export type StorageSettings = z.output<typeof storageSchema>;
