import { createDispatcher, type DispatchCredential, type DispatchTarget } from "@drawbridge/providers";
import type { LoopCost } from "./measure-in-process.ts";
import { spreadOf } from "./statistics.ts";

const callsOfRound = 2_000;

/** What it costs to choose among four credentials with a breaker each, and to record the call, over a plain call. */
export async function measureDispatch(repeats: number): Promise<LoopCost[]> {
  const send = dispatched();
  const micros: number[] = [];
  for (let round = -repeats; round < repeats; round++) {
    const plain = await timed(answer);
    const whole = await timed(send);
    if (round >= 0) micros.push((whole - plain) / callsOfRound);
  }
  return [{ name: "dispatch over four credentials", unit: "a request", micros: spreadOf(micros) }];
}

function dispatched(): () => Promise<number> {
  const dispatcher = createDispatcher({
    clock: () => Date.now(),
    random: () => Math.random(),
    sleep: () => Promise.resolve(),
  });
  const credentials = ["a", "b", "c", "d"].map((name): DispatchCredential => ({ name, weight: 1, serves: () => true }));
  const provider = { name: "anthropic", credentials };
  const target: DispatchTarget<DispatchCredential> = { provider, model: "claude-sonnet-5-5", weight: 1 };
  const plan = { links: [{ targets: [target], order: "weight" as const }], stickyKey: "5f1d3f0e-session" };
  const { signal } = new AbortController();
  let attempts = 0;
  const onAttempt = (): void => void (attempts += 1);
  return () => dispatcher.run(plan, () => answer(), { signal, onAttempt });
}

function answer(): Promise<number> {
  return Promise.resolve(1);
}

async function timed(call: () => Promise<number>): Promise<number> {
  const start = performance.now();
  for (let count = 0; count < callsOfRound; count++) await call();
  return (performance.now() - start) * 1000;
}
