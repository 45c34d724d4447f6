import type { RedisClient } from "./redis-client.ts";
import { scriptReply, textIn } from "./script-reply.ts";

/** How many partitions one claim takes at most. */
export const claimedAtOnce = 64;

/** What a list of due partitions needs. */
export interface DuePartitionsOptions {
  readonly client: RedisClient;
  readonly prefix: string;
  readonly leaseMs: number;
  readonly serverTime: (() => number) | undefined;
}

const claimedMs = 5000;
const notedMs = 60 * 60 * 1000;

/**
 * The partitions that have something to sweep, and from when on, for all processes together: one of them sweeps a
 * partition each time, also those of processes that are gone.
 */
export class DuePartitions {
  readonly #options: DuePartitionsOptions;
  readonly #key: string;
  readonly #noted = new Map<string, number>();

  constructor(options: DuePartitionsOptions) {
    this.#options = options;
    this.#key = `${options.prefix}:due`;
  }

  /** Notes that a partition holds something since `atMs`, by the store's time; says so to Redis twice a lease at most. */
  note(partition: string, atMs: number): void {
    const { client, leaseMs } = this.#options;
    if (atMs < (this.#noted.get(partition) ?? Number.NEGATIVE_INFINITY) + leaseMs / 2) return;
    this.#noted.set(partition, atMs);
    client.zadd(this.#key, "LT", atMs + leaseMs, partition).catch(() => this.#noted.delete(partition));
  }

  /** Notes that a partition holds something, whatever was said of it before. */
  noteAgain(partition: string, atMs: number): void {
    this.#noted.delete(partition);
    this.note(partition, atMs);
  }

  /** Whether this process has said something of a partition lately. */
  hasNoted(partition: string): boolean {
    return this.#noted.has(partition);
  }

  /** The partitions that this process has said something of in the last hour. */
  noted(): readonly string[] {
    const newestMs = Math.max(...this.#noted.values());
    for (const [partition, atMs] of this.#noted) if (atMs < newestMs - notedMs) this.#noted.delete(partition);
    return [...this.#noted.keys()];
  }

  /** Whether this process is to audit a partition: nobody else does for a lease then. */
  async claimAudit(partition: string): Promise<boolean> {
    const key = `${this.#options.prefix}:audit:${partition}`;
    return (await this.#options.client.set(key, "1", "PX", this.#options.leaseMs, "NX")) === "OK";
  }

  /** Takes some partitions that are due; nobody else is given them for a while. */
  async claim(): Promise<readonly string[]> {
    const now = this.#options.serverTime?.() ?? "";
    const reply = await this.#options.client.eval(claimScript, 1, this.#key, now, claimedAtOnce, claimedMs);
    return scriptReply(reply).map(textIn);
  }

  /** Gives a partition back, due at `nextMs`, or at no time. */
  async giveBack(partition: string, nextMs: number | undefined): Promise<void> {
    if (nextMs === undefined) await this.#options.client.zrem(this.#key, partition);
    else await this.#options.client.zadd(this.#key, nextMs, partition);
  }
}

const claimScript = `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[2])
for _, partition in ipairs(due) do
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[3]), partition)
end
return due
`;
