import { Agent } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Outcome } from "../judge/evidence.ts";
import type { PlannedRequest } from "./plan-requests.ts";
import { sendRequest } from "./send-request.ts";

/** Where a load goes. */
export interface LoadTarget {
  /** The replicas that are there at the moment; requests take turns between them. */
  urls(): readonly string[];
  /** The virtual key of a name. */
  tokenOf(key: string): string;
  /** How long a client waits for its answer. */
  readonly withinMs: number;
}

/** Sends each request at its time, whatever became of those before, and comes back when all have ended. */
export async function runLoad(requests: readonly PlannedRequest[], target: LoadTarget): Promise<Outcome[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });
  const startedMs = performance.now();
  const running: Promise<Outcome>[] = [];
  for (const [index, planned] of requests.entries()) {
    const waitMs = planned.atMs - (performance.now() - startedMs);
    if (waitMs > 1) await pause(waitMs);
    const urls = target.urls();
    const url = urls[index % urls.length];
    if (url === undefined) continue;
    running.push(sendRequest(planned, { url, token: target.tokenOf(planned.key), agent, withinMs: target.withinMs }));
  }
  const outcomes = await Promise.all(running);
  agent.destroy();
  return outcomes;
}
