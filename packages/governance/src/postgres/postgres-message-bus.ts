import { sql } from "drizzle-orm";
import type { Database } from "./database.ts";

/** What a bus needs. */
export interface PostgresMessageBusOptions {
  readonly database: Database;
  /** The channel's name, the same in all processes. */
  readonly channel: string;
}

/** Carries short messages between processes, as far as PostgreSQL reaches them. */
export interface PostgresMessageBus {
  /** Sends a message to all that listen, this process too. Throws nothing; one that cannot be sent is lost. */
  publish(message: string): void;
  /** Has `hear` called with each message from now on. */
  subscribe(hear: (message: string) => void): void;
  /** Listens no more. */
  close(): void;
}

const retryMs = 5_000;

/** A bus over `LISTEN` and `NOTIFY`. A connection that is lost is made again. */
export function postgresMessageBus({ database, channel }: PostgresMessageBusOptions): PostgresMessageBus {
  const timers = new Set<NodeJS.Timeout>();
  let isClosed = false;
  const listen = async (hear: (message: string) => void): Promise<void> => {
    const again = (): void => {
      if (isClosed) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        void listen(hear);
      }, retryMs).unref();
      timers.add(timer);
    };
    await database.listen(channel, { onPayload: hear, onLost: again }).catch(again);
  };
  return {
    publish(message) {
      const notify = sql`select pg_notify(${channel}, ${message})`;
      database.run((queries) => queries.execute(notify)).catch(() => undefined);
    },
    subscribe: (hear) => void listen(hear),
    close() {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
