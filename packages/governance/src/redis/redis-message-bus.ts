import type { ListenTo } from "../directory-store/watch-version.ts";
import type { RedisClient } from "./redis-client.ts";

/** What a bus needs. */
export interface RedisMessageBusOptions {
  /** From `ioredis`; stays yours to close. To listen, the bus makes another of the same kind. */
  readonly client: RedisClient;
  /** The channel's name, the same in all processes. */
  readonly channel: string;
}

/** Carries short messages between processes, as far as Redis reaches them: what must not be missed is asked for as well. */
export interface MessageBus {
  /** Sends a message to all that listen, this process too. Throws nothing; one that cannot be sent is lost. */
  publish(message: string): void;
  /** Has `hear` called with each message from now on. */
  subscribe(hear: (message: string) => void): void;
  /** For what watches a version: word is any message, and that Redis is back after it was away. */
  readonly listenTo: ListenTo;
  /** Listens no more. */
  close(): void;
}

const retryMs = 500;

/** A {@link MessageBus} over a channel of Redis. Connections that are lost are made again. */
export function redisMessageBus({ client, channel }: RedisMessageBusOptions): MessageBus {
  const hearers = new Set<(message: string) => void>();
  const returned = new Set<() => void>();
  let listening: RedisClient | undefined;
  let isClosed = false;

  const listen = (): void => {
    if (listening !== undefined || isClosed) return;
    // The same call, of two types.
    const ear = "nodes" in client ? client.duplicate() : client.duplicate();
    listening = ear;
    // Loss of a connection is no event here: it is made again, and polling is the net.
    ear.on("error", () => {});
    ear.on("message", (_: string, message: string) => {
      for (const hear of hearers) hear(message);
    });
    ear.on("ready", () => void subscribed(ear));
    void subscribed(ear);
  };
  const subscribed = async (ear: RedisClient): Promise<void> => {
    try {
      await ear.subscribe(channel);
      for (const onReturn of returned) onReturn();
    } catch {
      if (!isClosed) setTimeout(() => void subscribed(ear), retryMs).unref();
    }
  };

  return {
    publish: (message) => void client.publish(channel, message).catch(() => {}),
    subscribe: (hear) => {
      hearers.add(hear);
      listen();
    },
    listenTo: async (onWord) => {
      const hear = (): void => onWord();
      hearers.add(hear);
      returned.add(hear);
      listen();
      return async () => {
        hearers.delete(hear);
        returned.delete(hear);
      };
    },
    close: () => {
      isClosed = true;
      listening?.disconnect();
    },
  };
}
