import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import {
  createGovernance,
  type Governance,
  type LeaseSettings,
  type SnapshotHolder,
  type ThresholdReached,
} from "@drawbridge/governance";
import type { Logger } from "pino";
import type { Snapshot } from "./services.ts";
import type { Storage } from "./storage/storage.ts";

/** What governance is started with. */
export interface GovernanceStart {
  readonly holder: SnapshotHolder<Snapshot>;
  readonly log: Logger;
  readonly stores: Pick<Storage, "book" | "limits">;
  /** Those of the stores, where they are not the usual ones. */
  readonly leases?: LeaseSettings | undefined;
}

/** Governance with its timer. */
export interface StartedGovernance {
  readonly governance: Governance;
  /** Delivers what has ended. */
  close(): Promise<void>;
}

const [everyMs, tellEveryMs] = [1_000, 100];
/** So that one or two that fail are no matter. */
const renewalsInLease = 6;

/** Starts governance over these stores, which stay open when it is closed. */
export function startGovernance({ holder, log, stores, leases }: GovernanceStart): StartedGovernance {
  const governance = createGovernance({
    snapshot: () => holder.current,
    limits: stores.limits,
    book: stores.book,
    clock: Date.now,
    newId: () => `req_${randomUUID().replaceAll("-", "")}`,
    replica: `${hostname()} ${process.pid}`,
    ...(leases?.leaseMs !== undefined && { settings: { touchMs: Math.floor(leases.leaseMs / renewalsInLease) } }),
    onThreshold: (reached) => log.warn(thresholdLine(reached), "budget threshold reached"),
    onTrouble: (error) => log.error({ err: error }, "the store of limits fails; what it did not take is offered again"),
  });
  let isTicking = false;
  const tick = async (): Promise<void> => {
    if (isTicking) return;
    isTicking = true;
    await governance.tick();
    isTicking = false;
  };
  const timer = setInterval(() => void tick(), everyMs);
  timer.unref();
  let isTelling = false;
  const tell = async (): Promise<void> => {
    if (isTelling) return;
    isTelling = true;
    await governance.tell();
    isTelling = false;
  };
  const telling = setInterval(() => void tell(), tellEveryMs);
  telling.unref();
  return {
    governance,
    async close() {
      clearInterval(timer);
      clearInterval(telling);
      await governance.flush();
    },
  };
}

function thresholdLine({
  scope,
  limit,
  used,
  percent,
  resetsAtMs,
}: ThresholdReached): Readonly<Record<string, unknown>> {
  return {
    event: "threshold",
    scope,
    percent,
    used_nano_usd: used,
    limit_nano_usd: limit.amount,
    resets_at: resetsAtMs === undefined ? undefined : new Date(resetsAtMs).toISOString(),
  };
}
