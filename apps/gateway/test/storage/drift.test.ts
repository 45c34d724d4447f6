import { randomBytes, randomUUID } from "node:crypto";
import { type AuditEntry, auditBreak, limitScope } from "@drawbridge/governance";
import { type CreatedDatabase, hasRedis, RedisServer } from "@drawbridge/governance/testing";
import { Secret } from "@drawbridge/providers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openSharedStorage } from "../../src/storage/shared-storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { createTestDatabase, hasSharedServices } from "../support/shared-services.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] !== undefined;
const injections = isCampaign ? 200 : 4;
const used = 50;
const amounts = { nanoUsd: used, inputTokens: 0, outputTokens: 0 };

describe.skipIf(!hasSharedServices || !hasRedis)(
  "gateways that share Redis and PostgreSQL (at DRAWBRIDGE_TEST_POSTGRES_URL)",
  () => {
    let redis: RedisServer;
    let database: CreatedDatabase;
    let storages: readonly Storage[] = [];
    const log = { error: vi.fn<(fields: object) => void>(), warn: vi.fn<() => void>(), info: vi.fn<() => void>() };

    beforeAll(async () => {
      [redis, database] = await Promise.all([RedisServer.start(), createTestDatabase()]);
      const open = (): Promise<Storage> =>
        openSharedStorage({
          postgres: new Secret(database.url),
          settings: { redis: new Secret(redis.url) },
          clock: Date.now,
          random: randomBytes,
          log,
          // Compared each second instead of each minute.
          leases: { leaseMs: 500, graceMs: 500 },
        });
      storages = [await open(), await open()];
      await Promise.all(storages.map((storage) => storage.openLimits()));
    }, 60_000);
    afterAll(async () => {
      await Promise.all(storages.map((storage) => storage.close()));
      await redis.stop();
      await database.drop();
    });

    /** Counts a nano-dollar more or less in the memory of Redis, as no step does. */
    async function spoil(partition: string, by: number): Promise<void> {
      const client = redis.client();
      const key = `drawbridge:{p ${partition}}:d`;
      const [field = ""] = (await client.hkeys(key)).filter((name) => name.startsWith("s:"));
      const slot = await client.hgetBuffer(key, field);
      if (slot === null) throw new Error(`${partition} has no slot`);
      slot.writeDoubleLE(slot.readDoubleLE(0) + by, 0);
      await client.hset(key, field, slot);
      client.disconnect();
    }

    test(`L-20: ${injections} nano-dollars that Redis has too many or too few are found, put right, and in the audit`, async () => {
      const [storage] = storages;
      if (storage === undefined) throw new Error("no storage");
      const limits = [{ of: "nanoUsd", amount: 1000, window: { kind: "total" } }] as const;
      const scopes = Array.from({ length: injections }, (_, index) => {
        return limitScope({ id: `customer ${index}`, partition: `customer ${index}`, limits });
      });
      for (const scope of scopes) {
        let hold = { id: "", partition: scope.partition };
        // An id whose reservation was not answered in time is spent.
        const reserve = () => {
          hold = { ...hold, id: randomUUID() };
          return storage.limits.reserve({ ...hold, scopes: [scope], need: amounts }).catch(() => undefined);
        };
        await expect.poll(reserve, { timeout: 30_000 }).toMatchObject({ outcome: "held" });
        await storage.limits.settle(hold, amounts);
      }
      const wrong = scopes.map((scope) => ({
        name: scope.id.slice("customer ".length),
        by: Math.random() < 0.5 ? 1 : -1,
      }));
      for (const { name, by } of wrong) await spoil(`customer ${name}`, by);
      const healed = async (): Promise<readonly AuditEntry[]> => {
        const audit = await storage.directory.audit({ limit: 1_000 });
        return audit.filter(({ action }) => action === "heal");
      };
      const healedOf = async (name: string): Promise<readonly AuditEntry[]> =>
        (await healed()).filter((entry) => entry.kind === "customer" && entry.name === name);
      for (const { name, by } of wrong) {
        const own: unknown = expect.objectContaining({
          before: expect.objectContaining({ usedTooMuch: by, heldTooMuch: 0 }) as unknown,
          after: expect.objectContaining({ usedTooMuch: 0 }) as unknown,
        });
        const found = () => healedOf(name);
        await expect.poll(found, { timeout: 120_000, interval: 100 }).toContainEqual(own);
        for (const { actor } of await found()) expect(actor).toMatch(/^gateway ./u);
      }
      // On a busy machine the book has some of it later than an audit waits for it, which then fills once more.
      if (isCampaign) expect(await healed()).toHaveLength(injections);
      expect(await auditBreak(await storage.directory.audit({ limit: 1_000 }))).toBeUndefined();
      const logged = () => log.error.mock.calls.filter(([fields]) => "event" in fields && fields.event === "drift");
      await expect.poll(async () => (await healed()).length - logged().length).toBe(0);
      for (const scope of scopes) {
        const usage = () => storage.limits.usage(scope).catch(() => undefined);
        await expect.poll(usage, { timeout: 30_000 }).toMatchObject([{ used, held: 0 }]);
      }
    }, 600_000);
  },
);
