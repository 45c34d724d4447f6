import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type FaultProxy, startFaultProxy } from "@drawbridge/governance/testing";
import { type Budgets, gatewayConfig, type ChaosKey } from "./gateway-config.ts";
import { type OwnedPostgres, startPostgres } from "./processes/start-postgres.ts";
import { type OwnedRedis, startRedis } from "./processes/start-redis.ts";
import { type Replica, startReplica } from "./processes/start-replica.ts";
import { type ChaosProvider, startChaosProvider } from "./provider/start-chaos-provider.ts";

/** Everything that a campaign breaks, and the provider that it does not. */
export interface World {
  readonly provider: ChaosProvider;
  readonly replicas: readonly Replica[];
  readonly redis: OwnedRedis;
  readonly postgres: OwnedPostgres;
  close(): Promise<void>;
}

/** What a world consists of. */
export interface WorldOptions {
  /** Folder for everything that is written. */
  readonly scratch: string;
  /** How many gateways share PostgreSQL and Redis. */
  readonly replicas: number;
  readonly keys: readonly ChaosKey[];
  readonly budgets: Budgets;
  /** Name of a defect to be planted in each replica. */
  readonly defect: string | undefined;
  /** How long what is held outlives a gateway that is gone. */
  readonly leaseMs: number;
  /** Where nothing stands between the gateways and the provider, which would hold up what each has to tell the other. */
  readonly isDirect?: boolean;
}

/** Starts the provider, the stores and the gateways. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { scratch, replicas: count, keys, budgets, defect, leaseMs, isDirect = false } = options;
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.toReversed()) await step();
  };
  try {
    const provider = await startChaosProvider();
    closing.push(() => provider.close());
    const redis = await startRedis(scratch);
    closing.push(() => redis.process.end("SIGKILL"));
    const postgres = await startPostgres(scratch);
    closing.push(() => {
      postgres.signal("SIGCONT");
      return postgres.process.end("SIGKILL");
    });
    const startOne = async (_: unknown, index: number): Promise<Replica> => {
      const wires = await wiresTo(redis.port, postgres.port, provider.port);
      closing.push(() => Promise.all(Object.values(wires).map((wire) => wire.close())));
      const folder = join(scratch, `replica-${index}`);
      await mkdir(folder, { recursive: true });
      const providerPort = isDirect ? provider.port : wires.provider.port;
      const config = gatewayConfig({ keys, budgets, wires, providerPort });
      const replica = await startReplica({ folder, config, defect, wires, leaseMs });
      closing.push(() => replica.process.end("SIGKILL"));
      return replica;
    };
    const replicas = await Promise.all(Array.from({ length: count }, startOne));
    return { provider, replicas, redis, postgres, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The ways from one replica to the stores and the provider. */
export interface Wires {
  readonly redis: FaultProxy;
  readonly postgres: FaultProxy;
  readonly provider: FaultProxy;
}

async function wiresTo(redisPort: number, postgresPort: number, providerPort: number): Promise<Wires> {
  const [redis, postgres, provider] = await Promise.all([redisPort, postgresPort, providerPort].map(startFaultProxy));
  if (redis === undefined || postgres === undefined || provider === undefined) throw new Error("a way is missing");
  return { redis, postgres, provider };
}
