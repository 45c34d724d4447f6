import { expect, test } from "vitest";
import { type ConfigLoad, loadConfig } from "./load-config.ts";
import { formatProblem } from "./problem.ts";

const secretUrl = "postgres://gateway:hunter2-secret@db.example:6543/drawbridge";

async function load(storage: string): Promise<ConfigLoad> {
  const readFile = (): Promise<string> => Promise.reject(new Error("no file is read"));
  const env = { DATABASE_URL: secretUrl, REDIS_URL: "redis://:hunter2-secret@cache:6379", EMPTY: "" };
  return loadConfig(`storage: ${storage}`, { env, readFile, fileName: "drawbridge.yaml", kinds: [] });
}

async function problemsOf(storage: string): Promise<string> {
  const result = await load(storage);
  return result.ok ? "" : result.problems.map((problem) => formatProblem(problem, "drawbridge.yaml")).join("\n");
}

test("takes addresses from references, and shows them nowhere", async () => {
  const result = await load('{ postgres: "${DATABASE_URL}", redis: "${REDIS_URL}" }');
  expect(result.ok && result.config.storage?.postgres?.reveal()).toBe(secretUrl);
  expect(JSON.stringify(result)).not.toContain("hunter2");
});

test("an address that is empty is none, so that one file serves with and without a database", async () => {
  const result = await load('{ postgres: "${EMPTY}", redis: "${EMPTY}" }');
  expect(result).toMatchObject({ ok: true });
  expect(result.ok && result.config.storage?.postgres).toBeUndefined();
});

test.each([
  [
    '{ postgres: "mysql://u:hunter2-secret@db/x" }',
    /storage\.postgres: this text .* wanted an address such as postgres:/,
  ],
  ['{ postgres: "not hunter2-secret" }', /storage\.postgres: .*wanted an address such as postgres:/],
  ['{ postgres: "${REDIS_URL}" }', /storage\.postgres: .*wanted/],
  ['{ redis: "${REDIS_URL}" }', /storage\.redis: .*without storage\.postgres/],
  ["{ redisCluster: [] , postgres: postgres://db/x }", /storage\.redisCluster: /],
  [
    '{ postgres: postgres://db/x, redis: "${REDIS_URL}", redisCluster: ["${REDIS_URL}"] }',
    /one of redis and redisCluster/,
  ],
  ["{ hashKey: 01234567890123456789012345678901 }", /storage\.hashKey: .*without storage\.postgres/],
  ["{ postgres: postgres://db/x, hashKey: hunter2-secret }", /storage\.hashKey: .*at least 32 characters/],
  ["{ postgress: postgres://db/x }", /storage\.postgress: .*"postgres"/],
])("refuses %s, and says what it wants without the secret", async (storage, problem) => {
  const said = await problemsOf(storage);
  expect(said).toMatch(problem);
  expect(said).not.toContain("hunter2");
});
