import { compileDirectory, createGovernance, type Limit, limitScope, memoryLimitStore } from "@drawbridge/governance";
import type { LoopCost } from "./measure-in-process.ts";
import { spreadOf } from "./statistics.ts";

const requestsOfRound = 2_000;

const limits: readonly Limit[] = [
  { of: "nanoUsd", amount: 9e15, window: { kind: "calendar", unit: "month", timeZone: "Europe/Berlin" } },
  { of: "requests", amount: 1e9, window: { kind: "rolling", ms: 60_000 } },
  { of: "totalTokens", amount: 1e12, window: { kind: "rolling", ms: 60_000 } },
];
const scopes = ["customer", "team", "user", "key", "provider"].map((id) => limitScope({ id, limits }));
const need = { nanoUsd: 30_000_000, inputTokens: 20_000, outputTokens: 1_024 };
const actual = { nanoUsd: 12_345_678, inputTokens: 18_765, outputTokens: 432 };

/** What it costs to hold a request in five scopes of three limits each, and to settle it, in memory. */
export async function measureLimits(repeats: number): Promise<LoopCost[]> {
  const store = memoryLimitStore({ clock: () => Date.now() });
  const held = await timed(repeats, async (id) => {
    const { outcome } = await store.reserve({ id, scopes, need });
    if (outcome !== "held" || (await store.settle({ id }, actual)) !== "done") throw new Error(`${id} was ${outcome}`);
  });
  return [
    { name: "reserve and settle in five scopes of three limits", unit: "a request", micros: held },
    { name: "the same as a lease with one attempt", unit: "a request", micros: await measureLease(repeats) },
  ];
}

async function measureLease(repeats: number): Promise<LoopCost["micros"]> {
  const governance = createGovernance({
    snapshot: () => nobodyElse,
    limits: memoryLimitStore({ clock: () => Date.now() }),
    clock: () => Date.now(),
    newId: () => "",
  });
  const holder = { keyId: "key_1", keyName: "key", tags: {}, partition: "", scopes, scopesAt: () => [] };
  const { nanoUsd, ...tokens } = actual;
  const cached = { cacheReadTokens: 0, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0, webSearchRequests: 0 };
  const result = { nanoUsd, usage: { ...tokens, ...cached }, source: "final", outcome: "ok" } as const;
  return timed(repeats, async (id) => {
    const admission = await governance.admit({ id, holder, modelAsked: "model", bound });
    if (!admission.allowed) throw new Error(admission.reason);
    const attempt = await admission.value.attempt({ provider: "provider", model: "model", credential: "key" });
    if (!attempt.allowed) throw new Error(attempt.reason);
    attempt.value.end(result);
    admission.value.settle();
  });
}

/** The principal of these requests is made by hand. */
const nobodyElse = { directory: compileDirectory({}, { hasher: { digest: (token) => token } }) };
const bound = {
  inputTokens: 20_000,
  outputTokens: 64_000,
  nanoUsd: (output: number) => 20_000 * 3_000 + output * 15_000,
};

async function timed(repeats: number, run: (id: string) => Promise<void>): Promise<LoopCost["micros"]> {
  const micros: number[] = [];
  for (let round = -repeats; round < repeats; round++) {
    const start = performance.now();
    for (let count = 0; count < requestsOfRound; count++) await run(`${round} ${count}`);
    if (round >= 0) micros.push(((performance.now() - start) * 1000) / requestsOfRound);
  }
  return spreadOf(micros);
}
