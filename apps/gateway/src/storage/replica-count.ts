import type { MessageBus } from "@drawbridge/governance/redis";

/** What counting needs. */
export interface ReplicaCountOptions {
  readonly bus: Pick<MessageBus, "publish" | "subscribe">;
  /** Names this gateway and no other. */
  readonly id: string;
  /** Milliseconds that only go up. */
  readonly clock: () => number;
}

/** How many gateways there are. */
export interface ReplicaCount {
  /** At least one: this. */
  count(): number;
  /** Says again that this one is there. To be called each five seconds or so. */
  call(): void;
}

/** So many calls of another may be missed. */
const silentMs = 20_000;

/**
 * Counts the gateways that share a bus. While the bus is silent altogether, as many are taken to be there as when it was
 * last heard: a bus that is away says nothing of the gateways.
 */
export function countReplicas({ bus, id, clock }: ReplicaCountOptions): ReplicaCount {
  const heardMs = new Map<string, number>();
  bus.subscribe((other) => {
    const now = clock();
    heardMs.set(other, now);
    for (const [name, atMs] of heardMs) if (atMs < now - silentMs) heardMs.delete(name);
  });
  return {
    count: () => heardMs.size + (heardMs.has(id) ? 0 : 1),
    call: () => bus.publish(id),
  };
}
