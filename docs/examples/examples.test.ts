import { type Governance, GovernanceError } from "@drawbridge/governance";
import { hmacKeyHasher } from "@drawbridge/governance/node";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { env } from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { type CreatedDatabase, createDatabase } from "@drawbridge/governance/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fastifyApi } from "./fastify-api.ts";
import type { CallModel } from "./governed-text.ts";
import { nodeHttpApi } from "./node-http-api.ts";
import { openShared } from "./open-shared.ts";
import { openSingleProcess, type OpenGovernance } from "./open-single-process.ts";
import { whatIsGoverned } from "./what-is-governed.ts";

const hasher = hmacKeyHasher(new Uint8Array(32).fill(1));
const token = "sk-db-example-0123456789abcdef";
const governing = { governed: whatIsGoverned(hasher, token), hasher };

/** Writes as many pieces of 1,000 tokens as it may, and says which model it is. */
const callModel: CallModel = async function* write({ provider, model }, { maxTokens }) {
  for (let tokens = 1_000; tokens <= maxTokens; tokens += 1_000)
    yield { text: `${provider}/${model} `, outputTokens: tokens };
};

const postgres = env["DRAWBRIDGE_TEST_POSTGRES_URL"];
const redis = env["DRAWBRIDGE_TEST_REDIS_URL"];
const hasServers = postgres !== undefined && redis !== undefined;
if (!hasServers && env["CI"] !== undefined)
  throw new Error("set DRAWBRIDGE_TEST_POSTGRES_URL and DRAWBRIDGE_TEST_REDIS_URL");

describe("in one process", () => {
  let folder = "";
  behaves(
    async () => {
      folder = await mkdtemp(path.join(tmpdir(), "drawbridge-example-"));
      return openSingleProcess(folder, governing);
    },
    () => rm(folder, { recursive: true, force: true }),
  );
});

describe.skipIf(!hasServers)("over PostgreSQL and Redis", () => {
  let database: CreatedDatabase | undefined;
  behaves(
    async () => {
      database = await createDatabase(postgres ?? "");
      return openShared({ postgres: database.url, redis: redis ?? "", prefix: randomUUID() }, governing);
    },
    async () => database?.drop(),
  );
});

/** 2 USD a month; each piece of an answer costs 0.01 USD. */
function behaves(open: () => Promise<OpenGovernance>, clean: () => Promise<void>): void {
  let opened: OpenGovernance;
  let urls: Readonly<Record<string, string>>;
  const closing: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    opened = await open();
    urls = await serve(opened.governance);
  });
  afterAll(async () => {
    await Promise.all(closing.map((close) => close()));
    await opened?.close();
    await clean();
  });

  async function serve(governance: Governance): Promise<Readonly<Record<string, string>>> {
    const server = nodeHttpApi(governance, callModel);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const app = fastifyApi(governance, callModel);
    closing.push(
      () => app.close(),
      () => new Promise((resolve) => server.close(resolve)),
    );
    return {
      "node:http": `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      Fastify: await app.listen({ host: "127.0.0.1", port: 0 }),
    };
  }

  function asked(url: string, body: object, key = token): Promise<Response> {
    const prompt = "Tell me all that you know. ".repeat(4);
    return fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: "best", prompt, maxTokens: 3_000, ...body }),
    });
  }

  async function ask(
    api: string,
    body: object,
    key = token,
  ): Promise<{ status: number; text: string; headers: Headers }> {
    for (;;) {
      const answer = await asked(`${urls[api]}/text`, body, key);
      const text = await answer.text();
      // Asked again as a client does: on a busy machine Redis may not answer in time.
      if (answer.status !== 503) return { status: answer.status, text, headers: answer.headers };
      await pause(50);
    }
  }

  test.each(["node:http", "Fastify"])(
    "%s answers a key that it knows, in pieces, from where rules and routes lead",
    async (api) => {
      expect(await ask(api, {})).toMatchObject({ status: 200, text: "cloud/large cloud/large cloud/large " });
      expect(await ask(api, { prompt: "Hi." })).toMatchObject({
        status: 200,
        text: "gpu/medium gpu/medium gpu/medium ",
      });
    },
  );

  test.each(["node:http", "Fastify"])(
    "%s refuses strangers and models that are denied, with a sentence",
    async (api) => {
      expect(await ask(api, {}, "sk-db-nobody")).toMatchObject({
        status: 401,
        text: expect.stringContaining("not known"),
      });
      expect(await ask(api, { model: "cloud/new-preview" })).toMatchObject({
        status: 400,
        text: expect.stringContaining("team search"),
      });
    },
  );

  test.each(["node:http", "Fastify"])("%s refuses a body that is none", async (api) => {
    expect(await ask(api, { maxTokens: "many" })).toMatchObject({
      status: 400,
      text: expect.stringContaining("wanted is"),
    });
  });

  test.each(["node:http", "Fastify"])(
    "%s sends nothing while no store can say what is left, and says so",
    async (api) => {
      const admit = (): Promise<never> => Promise.reject(new GovernanceError("store-unavailable", "it is away"));
      const urlsAway = await serve({ ...opened.governance, admit });
      const answer = await asked(`${urlsAway[api]}/text`, {});
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
    },
  );

  test("what is spent counts once and for all APIs, goes elsewhere near the limit, and ends there", async () => {
    const { governance } = opened;
    const who = governance.authenticate([token], { address: "127.0.0.1", atMs: Date.now() });
    if (!who.allowed) throw new Error(who.reason);
    const spent = async (): Promise<number> => {
      await governance.tick();
      const [budget] = (await governance.usage(who.value)).filter(({ limit }) => limit.of === "nanoUsd");
      return (budget?.used ?? 0) / 1e9;
    };
    // Four answers of three pieces, and what was read for them.
    await expect.poll(spent).toBeGreaterThan(0.12);
    expect(await spent()).toBeLessThan(0.13);
    await ask("node:http", { maxTokens: 160_000 });
    await expect.poll(spent).toBeGreaterThan(1.7);
    await expect.poll(async () => (await ask("Fastify", { maxTokens: 1_000 })).text).toBe("gpu/medium ");
    const last = await ask("Fastify", { maxTokens: 1_000, prompt: "Too long. ".repeat(50_000) });
    expect(last).toMatchObject({
      status: 402,
      text: expect.stringContaining("customer acme may use 2.00 USD a month"),
    });
    expect(await spent()).toBeLessThanOrEqual(2);
  });
}
