import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { createGovernance, type Governance, type SnapshotHolder, type ThresholdReached } from "@drawbridge/governance";
import { journalLimitStore } from "@drawbridge/governance/node";
import type { Logger } from "pino";
import type { Snapshot } from "./services.ts";
import { lazyLimitStore } from "./state/lazy-limit-store.ts";

/** What governance is started with. */
export interface GovernanceStart {
  readonly holder: SnapshotHolder<Snapshot>;
  readonly log: Logger;
  readonly stateDirectory: string;
}

/** Governance with its stores and its timer. */
export interface StartedGovernance {
  readonly governance: Governance;
  /** Delivers what has ended, and closes the stores. */
  close(): Promise<void>;
}

const everyMs = 1_000;

/** Starts governance over a journal in the state directory, which is opened when a limit first counts. */
export function startGovernance({ holder, log, stateDirectory }: GovernanceStart): StartedGovernance {
  const limits = lazyLimitStore(async () => {
    await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
    return journalLimitStore({ path: path.join(stateDirectory, "limits.journal"), clock: Date.now });
  });
  const governance = createGovernance({
    snapshot: () => holder.current,
    limits,
    clock: Date.now,
    newId: () => `req_${randomUUID().replaceAll("-", "")}`,
    replica: `${hostname()} ${process.pid}`,
    onThreshold: (reached) => log.warn(thresholdLine(reached), "budget threshold reached"),
    onTrouble: (error) => log.error({ err: error }, "the store of limits fails; what it did not take is offered again"),
  });
  const timer = setInterval(() => void governance.tick(), everyMs);
  timer.unref();
  return {
    governance,
    async close() {
      clearInterval(timer);
      await governance.flush();
      await limits.close();
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
