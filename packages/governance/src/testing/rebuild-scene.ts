import { existsSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import type { LimitBook } from "../limits/limit-book.ts";
import { limitScope, type LimitScope } from "../limits/limit-scope.ts";
import type { LimitStore } from "../limits/limit-store.ts";
import { PartitionFilling } from "../redis/partition-filling.ts";
import { partitionKeys } from "../redis/partition-keys.ts";
import type { RedisClient } from "../redis/redis-client.ts";
import { redisLimitStore } from "../redis/redis-limit-store.ts";
import { ScriptRunner } from "../redis/script-runner.ts";

/** What a Redis is rebuilt for. */
export interface RebuildSceneOptions {
  /** What its tenants are called after, so that several may share a book. */
  readonly name: string;
  readonly book: LimitBook;
  readonly tenants: number;
  readonly client: () => RedisClient;
}

/** How long a rebuilding took, in ms since the loss, without what this process waited for a processor meanwhile. */
export interface Rebuilding {
  /** Until the first tenant was filled again. */
  readonly noticedMs: number;
  /** Until the last one was. */
  readonly filledMs: number;
  /** Until the last one admits. */
  readonly openMs: number;
}

interface Tenant {
  readonly partition: string;
  readonly scopes: readonly LimitScope[];
  used: number;
}

const levels = ["customer", "team", "user", "key"];
const amount = 1_000_000;
const held = 50;
const replicas = 3;
const atOnce = 100;
const lookedAtOnce = 20;
const leases = { leaseMs: 3_600_000, graceMs: 90_000 };
const dollars = (nanoUsd: number) => ({ nanoUsd, inputTokens: 0, outputTokens: 0 });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The time without what this thread has waited for a processor that others had; with it where no system tells that. */
function ownMs(): number {
  const path = "/proc/thread-self/schedstat";
  const waitedNs = existsSync(path) ? Number(readFileSync(path, "utf8").split(" ")[1]) : 0;
  return performance.now() - waitedNs / 1e6;
}

/** Tenants with four scopes each that three replicas use, with an account of their own of what is used and held. */
export class RebuildScene {
  readonly #options: RebuildSceneOptions;
  readonly #stores: readonly ReturnType<typeof redisLimitStore>[];
  readonly #tenants: readonly Tenant[];
  readonly #client: RedisClient;
  readonly #filling: PartitionFilling;
  readonly #over = new AbortController();
  readonly #ticking: readonly Promise<void>[];
  #requests = 0;

  constructor(options: RebuildSceneOptions) {
    this.#options = options;
    const { name, client, book, tenants } = options;
    this.#tenants = Array.from({ length: tenants }, (_, index) => {
      const partition = `customer ${index} ${name}`;
      const limits = [{ of: "nanoUsd", amount, window: { kind: "total" } }] as const;
      const scopes = levels.map((level) => limitScope({ id: `${level} ${index} ${name}`, partition, limits }));
      return { partition, scopes, used: 0 };
    });
    const each = { clock: () => Date.now(), book, timeoutMs: 1000, bookTimeoutMs: 30_000, ...leases };
    this.#stores = Array.from({ length: replicas }, () => redisLimitStore({ ...each, client: client() }));
    this.#client = client();
    const runner = { client: this.#client, prefix: "drawbridge", fenced: false, serverTime: undefined };
    this.#filling = new PartitionFilling(new ScriptRunner(runner), leases);
    // As a gateway does each second.
    this.#ticking = this.#stores.map(async (store) => {
      for (; !this.#over.signal.aborted; await pause(1000)) await store.sweep();
    });
  }

  /** Has each tenant used, with a request that runs on. */
  async begin(): Promise<void> {
    await this.#each(async (tenant, index) => {
      await this.#held(this.#storeAt(index), tenant, held);
      await this.#use(tenant, 1 + (index % 7));
    });
    await this.flush();
  }

  /** Lets each tenant use something more. */
  async useMore(): Promise<void> {
    await this.#each((tenant, index) => this.#use(tenant, 1 + (index % 3)));
    await this.flush();
  }

  /** Resolves when all that was done is in the book. */
  async flush(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.flush()));
  }

  /**
   * Loses something, and waits until all is as it was. Meanwhile requests that would go beyond their limits by one knock at
   * all replicas, for a tenth of the tenants; nobody asks for the others.
   */
  async rebuilt(lose: () => Promise<void>): Promise<Rebuilding> {
    const before = new Map(await this.#numbers(this.#tenants, "load"));
    const knocking = new AbortController();
    const knocks = this.#stores.map(async (store, index) => {
      for (let tried = index; !knocking.signal.aborted; tried += replicas, await pause(20))
        await this.#knock(store, tried);
    });
    await lose();
    const beganMs = ownMs();
    let noticedMs = Number.NaN;
    // To look at all of them each time would take longer than to fill them.
    for (let missing = this.#tenants; missing.length > 0;) {
      const loads = await this.#numbers(missing.slice(0, lookedAtOnce), "load").catch(() => []);
      const filled = new Set(
        loads.filter(([tenant, load]) => load > (before.get(tenant) ?? 0)).map(([tenant]) => tenant),
      );
      missing = missing.filter((tenant) => !filled.has(tenant));
      if (filled.size === 0) await pause(10);
      else if (Number.isNaN(noticedMs)) noticedMs = ownMs() - beganMs;
    }
    const filledMs = ownMs() - beganMs;
    const [[seconds], ready] = await Promise.all([this.#client.time(), this.#numbers(this.#tenants, "ready")]);
    const openMs = filledMs + Math.max(0, ...ready.map(([, readyMs]) => readyMs - Number(seconds) * 1000));
    knocking.abort();
    await Promise.all(knocks);
    return { noticedMs, filledMs, openMs };
  }

  /** Looks at every scope in Redis: it says what the requests' own account says, and lets in what fits exactly. */
  async check(): Promise<void> {
    await this.#each(async (tenant, index) => {
      const dump = await this.#filling.dump(tenant.partition);
      if (dump.outcome === "fenced") throw new Error("a partition is not filled");
      const said = dump.slots.map((slot) => [slot.settled, slot.held]);
      expect(said).toEqual(levels.map(() => [tenant.used, held]));
      if (index % 10 > 0) return;
      const store = this.#storeAt(index);
      const id = await this.#held(store, tenant, amount - tenant.used - held);
      await store.release({ id, partition: tenant.partition });
    });
  }

  async close(): Promise<void> {
    this.#over.abort();
    await Promise.all(this.#ticking);
    await Promise.all(this.#stores.map((store) => store.close()));
  }

  /** All tenants say in the book what the requests' own account says. */
  async checkBook(): Promise<void> {
    await this.flush();
    await this.#each(async ({ partition, used }) => {
      const { slots, holds } = await this.#options.book.load(partition);
      expect(slots.map(({ settled }) => settled)).toEqual(levels.map(() => used));
      expect(holds.map(({ state, demand }) => [state, demand.nanoUsd])).toEqual([["held", held]]);
    });
  }

  async #knock(store: LimitStore, tried: number): Promise<void> {
    const tenant = this.#tenants[tried % Math.ceil(this.#tenants.length / 10)];
    if (tenant === undefined) return;
    const { partition, scopes, used } = tenant;
    const id = `${(this.#requests += 1)}`;
    const need = dollars(amount - used - held + 1);
    const result = await store.reserve({ id, partition, scopes, need }).catch(() => undefined);
    expect(result?.outcome).not.toBe("held");
  }

  async #use(tenant: Tenant, nanoUsd: number): Promise<void> {
    const store = this.#storeAt(this.#requests);
    const id = await this.#held(store, tenant, nanoUsd);
    await store.settle({ id, partition: tenant.partition }, dollars(nanoUsd));
    tenant.used += nanoUsd;
  }

  /** Asks again for as long as the store is busy with something else. */
  async #held(store: LimitStore, { partition, scopes }: Tenant, nanoUsd: number): Promise<string> {
    for (;;) {
      const id = `${(this.#requests += 1)}`;
      const result = await store.reserve({ id, partition, scopes, need: dollars(nanoUsd) }).catch(() => undefined);
      if (result?.outcome === "held") return id;
      expect(result).toBeUndefined();
      await pause(50);
    }
  }

  async #each(work: (tenant: Tenant, index: number) => Promise<void>): Promise<void> {
    for (let first = 0; first < this.#tenants.length; first += atOnce) {
      await Promise.all(this.#tenants.slice(first, first + atOnce).map((tenant, index) => work(tenant, first + index)));
    }
  }

  #storeAt(index: number): LimitStore & { flush(): Promise<void> } {
    const store = this.#stores[index % this.#stores.length];
    if (store === undefined) throw new Error("no store");
    return store;
  }

  /** A field of what Redis has of tenants. */
  #numbers(tenants: readonly Tenant[], field: string): Promise<readonly (readonly [Tenant, number])[]> {
    return Promise.all(
      tenants.map(async (tenant) => {
        const [key = ""] = partitionKeys("drawbridge", tenant.partition);
        return [tenant, Number((await this.#client.hget(key, field)) ?? 0)] as const;
      }),
    );
  }
}
