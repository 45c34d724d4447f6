import { setTimeout as pause } from "node:timers/promises";
import type { World } from "../world.ts";
import type { FaultProxy } from "../network/start-fault-proxy.ts";
import type { OwnedProcess } from "../processes/start-process.ts";
import type { Fault } from "./fault.ts";

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
      // Its children go on when only the first process stands still, so the wire to it is what stops.
      return Promise.all(world.replicas.map(({ wires }) => hold(wires.postgres, fault.forMs))).then(() => undefined);
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
      return freeze(replica.process, fault.forMs);
    case "skew-clock":
      await replica.skewClock(fault.byMs);
      await pause(fault.forMs);
      return replica.skewClock(0);
    case "cut-redis":
      return hold(replica.wires.redis, fault.forMs);
    case "cut-postgres":
      return hold(replica.wires.postgres, fault.forMs);
  }
}

async function freeze(process: OwnedProcess, forMs: number): Promise<void> {
  process.signal("SIGSTOP");
  await pause(forMs);
  process.signal("SIGCONT");
}

async function hold(wire: FaultProxy, forMs: number): Promise<void> {
  wire.set({ kind: "blackhole" });
  await pause(forMs);
  wire.set({ kind: "open" });
}
