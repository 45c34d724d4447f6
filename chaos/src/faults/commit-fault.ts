import { setTimeout as pause } from "node:timers/promises";
import type { FaultProxy } from "@drawbridge/governance/testing";
import { noOrders } from "../processes/orders.ts";
import type { World } from "../world.ts";
import type { Cut, Fault } from "./fault.ts";

/** Does a fault to the world and, when its time is over, undoes it. */
export async function commitFault(world: World, fault: Fault): Promise<void> {
  if ("replica" in fault) return commitAtReplica(world, fault);
  const { redis, postgres } = world;
  switch (fault.kind) {
    case "kill-redis":
      await redis.process.end("SIGKILL");
      await pause(fault.downMs);
      return redis.restart();
    case "freeze-redis":
      return freeze(redis.process, fault.forMs);
    case "flush-redis":
      return redis.flush();
    case "rewind-redis":
      await redis.keepSnapshot();
      await pause(fault.byMs);
      return redis.rewind();
    case "kill-postgres":
      await postgres.process.end("SIGKILL");
      await pause(fault.downMs);
      return postgres.restart();
    case "freeze-postgres":
      return freeze(postgres, fault.forMs);
  }
}

async function commitAtReplica(world: World, fault: Extract<Fault, { replica: number }>): Promise<void> {
  const replica = world.replicas[fault.replica];
  if (replica === undefined) throw new Error(`there is no replica ${fault.replica}`);
  switch (fault.kind) {
    case "kill-replica":
      await replica.process.end("SIGKILL");
      await pause(fault.downMs);
      return replica.restart();
    case "restart-replica":
      await replica.process.end("SIGTERM", 40_000);
      return replica.restart();
    case "freeze-replica":
    case "stall-replica":
      return freeze(replica.process, fault.forMs);
    case "skew-clock":
      replica.order({ ...noOrders, skewMs: fault.byMs });
      await pause(fault.forMs);
      return replica.order(noOrders);
    case "disorder-settles":
      replica.order({ ...noOrders, isUnruly: true });
      await pause(fault.forMs);
      return replica.order(noOrders);
    case "cut-redis":
      return cut(replica.wires.redis, fault);
    case "cut-postgres":
      return cut(replica.wires.postgres, fault);
    case "cut-provider":
      return cut(replica.wires.provider, fault);
  }
}

/** Something that hears SIGSTOP and SIGCONT. */
interface Freezable {
  signal(name: NodeJS.Signals): void;
}

async function freeze(process: Freezable, forMs: number): Promise<void> {
  process.signal("SIGSTOP");
  await pause(forMs);
  process.signal("SIGCONT");
}

async function cut(wire: FaultProxy, how: { readonly cut: Cut; readonly forMs: number }): Promise<void> {
  wire.set({ kind: how.cut === "silent" ? "blackhole" : "refusing" });
  await pause(how.forMs);
  wire.set({ kind: "open" });
}
