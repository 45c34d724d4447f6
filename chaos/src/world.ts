import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { gatewayConfig, type ChaosKey } from "./gateway-config.ts";
import { type FaultProxy, startFaultProxy } from "./network/start-fault-proxy.ts";
import { type OwnedPostgres, startPostgres } from "./processes/start-postgres.ts";
import { type OwnedRedis, startRedis } from "./processes/start-redis.ts";
import { type Replica, startReplica } from "./processes/start-replica.ts";
import { type ChaosProvider, startChaosProvider } from "./provider/start-chaos-provider.ts";

/** Everything that a campaign breaks, and the provider that it does not. */
export interface World {
  readonly provider: ChaosProvider;
  readonly replicas: readonly Replica[];
  /** Undefined where one gateway keeps everything itself. */
  readonly stores: { readonly redis: OwnedRedis; readonly postgres: OwnedPostgres } | undefined;
  close(): Promise<void>;
}

/** What a world consists of. */
export interface WorldOptions {
  /** Folder for everything that is written. */
  readonly scratch: string;
  /** More than one share PostgreSQL and Redis; a single one has a journal instead. */
  readonly replicas: number;
  readonly keys: readonly ChaosKey[];
  /** Name of a defect to be planted in each replica. */
  readonly defect: string | undefined;
}

/** Starts the provider, the stores and the gateways. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { scratch, replicas: count } = options;
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.toReversed()) await step();
  };
  try {
    const provider = await startChaosProvider();
    closing.push(() => provider.close());
    const stores =
      count === 1 ? undefined : { redis: await startRedis(scratch), postgres: await startPostgres(scratch) };
    if (stores !== undefined) {
      closing.push(() => stores.redis.process.end("SIGKILL"));
      closing.push(() => stores.postgres.process.end("SIGKILL"));
    }
    const replicas: Replica[] = [];
    for (let index = 0; index < count; index++) {
      const wires = stores && (await wiresTo(stores.redis.port, stores.postgres.port));
      if (wires !== undefined) closing.push(() => Promise.all([wires.redis.close(), wires.postgres.close()]));
      const folder = join(scratch, `replica-${index}`);
      await mkdir(folder, { recursive: true });
      const config = gatewayConfig({ keys: options.keys, providerPort: provider.port, wires });
      const replica = await startReplica({ folder, config, defect: options.defect, wires });
      closing.push(() => replica.process.end("SIGKILL"));
      replicas.push(replica);
    }
    return { provider, replicas, stores, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The ways from one replica to the stores. */
export interface Wires {
  readonly redis: FaultProxy;
  readonly postgres: FaultProxy;
}

async function wiresTo(redisPort: number, postgresPort: number): Promise<Wires> {
  return { redis: await startFaultProxy(redisPort), postgres: await startFaultProxy(postgresPort) };
}
