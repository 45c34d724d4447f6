import { setTimeout as pause } from "node:timers/promises";
import type { Chance } from "../chance.ts";
import { noOrders } from "../processes/orders.ts";
import type { Replica } from "../processes/start-replica.ts";
import { type CrashPoint, crashPoints } from "./crash-point.ts";

/** How gateways are killed. */
export interface CrashPlan {
  readonly chance: Chance;
  /** How often at each of the crash points. */
  readonly times: number;
  /** How long a gateway serves between two of them at least. */
  readonly betweenMs: number;
  /** How many requests there are for each of them at least. */
  readonly requestsEach: number;
  /** How many have ended so far. */
  readonly requests: () => number;
  readonly report: (text: string) => void;
}

/** What was seen of a request that is at a gateway. */
export type SeenStage = "received by the provider" | "head sent by the provider" | "first content" | "last event";

/** Kills gateways where their requests are. */
export interface Crashes {
  /** To be told where requests are; kills the gateway when that is where it is to be killed. */
  saw(stage: SeenStage, replica: number): void;
  /** Kills all of them, and comes back with how often at each point that was. */
  run(): Promise<ReadonlyMap<string, number>>;
}

const withinMs = 20_000;

/** Kills these gateways so often at each point, each of them one after the other and all of them at once. */
export function crashReplicas(replicas: readonly Replica[], plan: CrashPlan): Crashes {
  const { chance, times, betweenMs, requestsEach, requests, report } = plan;
  const before = { kills: 0 };
  const left: CrashPoint[] = crashPoints.flatMap((point) => Array.from({ length: times }, () => point));
  const traps = new Map<number, SeenStage>();
  const counts = new Map<string, number>();

  const killAt = async (replica: Replica, index: number, point: CrashPoint): Promise<void> => {
    if (point.by === "store") replica.order({ ...noOrders, crashAt: point.name });
    else traps.set(index, point.name);
    for (const deadline = Date.now() + withinMs; replica.process.running && Date.now() < deadline;) await pause(20);
    traps.delete(index);
    if (replica.process.running) report(`nothing was "${point.name}" within ${withinMs} ms`);
    else counts.set(point.name, (counts.get(point.name) ?? 0) + 1);
    replica.order(noOrders);
    await replica.restart();
  };
  const killOneByOne = async (replica: Replica, index: number): Promise<void> => {
    while (left.length > 0) {
      await pause(chance.between(betweenMs, betweenMs * 1.5));
      while (requests() < before.kills * requestsEach) await pause(200);
      before.kills += 1;
      const [point] = left.splice(chance.between(0, left.length - 1), 1);
      if (point !== undefined) await killAt(replica, index, point);
    }
  };
  return {
    saw(stage, index) {
      if (traps.get(index) !== stage) return;
      traps.delete(index);
      replicas[index]?.process.signal("SIGKILL");
    },
    async run() {
      await Promise.all(replicas.map(killOneByOne));
      return counts;
    },
  };
}
