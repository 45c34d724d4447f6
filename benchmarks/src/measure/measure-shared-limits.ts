import { type Limit, type LimitScope, limitScope, type LimitStore } from "@drawbridge/governance";
import { redisLimitStore } from "@drawbridge/governance/redis";
import { hasRedis, RedisServer } from "@drawbridge/governance/testing";
import type { Redis } from "ioredis";
import type { LoopCost } from "./measure-in-process.ts";
import { percentile, spreadOf } from "./statistics.ts";

const customers = 50;
const rounds = 5;
const requestsOfSecond = 2_000;
/** A second's worth. */
const requestsOfRound = requestsOfSecond;
const crowd = 64;
const tickMs = 2;

const month: Limit = {
  of: "nanoUsd",
  amount: 9e15,
  window: { kind: "calendar", unit: "month", timeZone: "Europe/Berlin" },
};
const rates: readonly Limit[] = [
  { of: "requests", amount: 1e9, window: { kind: "rolling", ms: 60_000 } },
  { of: "totalTokens", amount: 1e12, window: { kind: "rolling", ms: 60_000 } },
];
const need = { nanoUsd: 30_000_000, inputTokens: 20_000, outputTokens: 1_024 };
const actual = { nanoUsd: 12_345_678, inputTokens: 18_765, outputTokens: 432 };

interface Request {
  readonly partition: string;
  readonly scopes: readonly LimitScope[];
}

/** A budget on each of four levels, and two rates on the key. */
const requests = Array.from({ length: customers }, (_, index): Request => {
  const partition = `customer ${index}`;
  const scopeOf = (id: string, limits: readonly Limit[]) => limitScope({ id: `${id} ${index}`, partition, limits });
  const scopes = [...["customer", "team", "user"].map((id) => scopeOf(id, [month])), scopeOf("key", [month, ...rates])];
  return { partition, scopes };
});

/**
 * What it takes to hold a request in a Redis on loopback and to settle it, at 2,000 requests a second that come whether or
 * not earlier ones are through; and the processor time of Redis when it has as much to do as it can. Nothing on a machine
 * without one.
 */
export async function measureSharedLimits(): Promise<LoopCost[]> {
  if (!hasRedis) return [];
  const redis = await RedisServer.start();
  try {
    const client = redis.client();
    const store = redisLimitStore({ client, clock: () => Date.now(), timeoutMs: 10_000 });
    const measured: Round[] = [];
    for (let round = -1; round < rounds; round++) {
      const found = await measureRound(store, client);
      if (round >= 0) measured.push(found);
    }
    await store.close();
    const cost = (name: string, of: (round: Round) => number): LoopCost => {
      return { name, unit: "a step", micros: spreadOf(measured.map(of)) };
    };
    return [
      cost("hold in Redis at 2,000 a second, p50", ({ waits }) => percentile(waits, 0.5)),
      cost("hold in Redis at 2,000 a second, p99", ({ waits }) => percentile(waits, 0.99)),
      cost("Redis' own time to hold and settle", ({ cpuMicros }) => cpuMicros),
    ];
  } finally {
    await redis.stop();
  }
}

interface Round {
  /** How long a step took, half of them holding and half of them settling; in microseconds. */
  readonly waits: readonly number[];
  readonly cpuMicros: number;
}

async function measureRound(store: LimitStore, client: Redis): Promise<Round> {
  const waits: number[] = [];
  const timed = async <Result>(step: () => Promise<Result>): Promise<Result> => {
    const start = performance.now();
    const result = await step();
    waits.push((performance.now() - start) * 1000);
    return result;
  };
  const one = async ({ partition, scopes }: Request): Promise<void> => {
    const id = crypto.randomUUID();
    const { outcome } = await timed(() => store.reserve({ id, partition, scopes, need }));
    if (outcome !== "held") throw new Error(`${id} was ${outcome}`);
    await timed(() => store.settle({ id, partition }, actual));
  };
  await paced(one);
  const measured = [...waits];
  const before = await cpuMicrosOf(client);
  await crowded(one);
  return { waits: measured, cpuMicros: ((await cpuMicrosOf(client)) - before) / requestsOfRound };
}

/** So many a second, whether or not earlier ones are through. */
async function paced(one: (request: Request) => Promise<void>): Promise<void> {
  const running: Promise<void>[] = [];
  const startMs = performance.now();
  while (running.length < requestsOfRound) {
    const due = Math.min(requestsOfRound, Math.floor(((performance.now() - startMs) / 1000) * requestsOfSecond));
    while (running.length < due) {
      const request = requests[running.length % customers];
      if (request !== undefined) running.push(one(request));
    }
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
  await Promise.all(running);
}

/** Always the same number at once. */
async function crowded(one: (request: Request) => Promise<void>): Promise<void> {
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < requestsOfRound) {
      const request = requests[(begun += 1) % customers];
      if (request !== undefined) await one(request);
    }
  };
  await Promise.all(Array.from({ length: crowd }, worker));
}

async function cpuMicrosOf(client: Redis): Promise<number> {
  const info = await client.info("cpu");
  const seconds = [...info.matchAll(/^used_cpu_(?:user|sys)_main_thread:([\d.]+)/gmu)].map(([, value]) =>
    Number(value),
  );
  return seconds.reduce((sum, value) => sum + value, 0) * 1e6;
}
