import type { RedisClient } from "@drawbridge/governance/redis";

/** Short texts to all gateways that share a Redis. What is sent while nobody listens, or Redis is away, is lost. */
export interface Channel {
  /** Sends a text to all, to this gateway too. */
  publish(text: string): void;
  /** Has `hear` called with each text that comes from now on. */
  subscribe(hear: (text: string) => void): void;
}

/** What channels need: a client for sending, and one that does nothing but listen. */
export interface RedisChannelsOptions {
  readonly client: RedisClient;
  readonly subscriber: RedisClient;
}

/** Channels of a Redis by name, over one connection that listens again by itself when it was lost. */
export function redisChannels({ client, subscriber }: RedisChannelsOptions): (name: string) => Channel {
  const listeners = new Map<string, Set<(text: string) => void>>();
  subscriber.on("message", (channel: string, text: string) => {
    for (const hear of listeners.get(channel) ?? []) hear(text);
  });
  return (name) => {
    const channel = `drawbridge:${name}`;
    return {
      publish: (text) => void client.publish(channel, text).catch(() => undefined),
      subscribe(hear) {
        const hearing = listeners.get(channel) ?? new Set();
        listeners.set(channel, hearing.add(hear));
        // One that fails is tried again by the client, as soon as it is connected.
        if (hearing.size === 1) subscriber.subscribe(channel).catch(() => undefined);
      },
    };
  };
}
