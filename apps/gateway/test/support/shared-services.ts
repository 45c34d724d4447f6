import { type CreatedDatabase, createDatabase } from "@drawbridge/governance/testing";

/** Where the services are that gateways share; CI has to have them, other machines may test without. */
const inCi = process.env["CI"] !== undefined;
const postgresUrl = process.env["DRAWBRIDGE_TEST_POSTGRES_URL"] ?? (inCi ? "postgres://missing" : undefined);
/** Of a Redis for tests; undefined where there is none. */
export const redisUrl = process.env["DRAWBRIDGE_TEST_REDIS_URL"] ?? (inCi ? "redis://missing" : undefined);
/** False where tests of storages that gateways share are left out: set DRAWBRIDGE_TEST_POSTGRES_URL and …_REDIS_URL. */
export const hasSharedServices = postgresUrl !== undefined && redisUrl !== undefined;

/** Creates an empty database of a test's own there. */
export function createTestDatabase(): Promise<CreatedDatabase> {
  return createDatabase(postgresUrl ?? "");
}
