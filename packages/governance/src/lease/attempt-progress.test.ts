import fc from "fast-check";
import { expect, test } from "vitest";
import { memoryBook } from "../book/memory-book.ts";
import { compileDirectory } from "../directory/compile-directory.ts";
import { createGovernance, type Governance } from "../governance.ts";
import { limitScope } from "../limits/limit-scope.ts";
import { memoryLimitStore } from "../limits/memory-limit-store.ts";
import type { AttemptLease } from "./attempt-lease.ts";
import { chargeAt } from "./attempt-progress.ts";
import type { Lease } from "./lease.ts";
import type { LeaseHolder, LeaseMode } from "./lease-request.ts";

const slice = 1_000;
/** What the input comes to, and what it can come to at most. */
const [input, inputBound, longest] = [100, 400, 20_000];
const costOf = (inputTokens: number, outputTokens: number): number => inputTokens + 5 * outputTokens;

const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("write" as const), tokens: fc.nat(slice / 4) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("pass" as const), seconds: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("call again" as const, "fail over" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface World {
  readonly governance: Governance;
  readonly clock: { now: number };
}

/** A request whose process is told what comes, and says how far the answer is; and what its provider bills. */
class Running {
  billed = 0;
  readonly #lease: Lease;
  readonly #world: World;
  #attempt: AttemptLease | undefined;
  #written = 0;

  constructor(lease: Lease, world: World) {
    this.#lease = lease;
    this.#world = world;
  }

  async begin(): Promise<void> {
    const attempt = await this.#lease.attempt({ provider: "p", model: "m", credential: "c" });
    if (!attempt.allowed) throw new Error(attempt.reason);
    this.#attempt = attempt.value;
    this.#written = 0;
    await attempt.value.recorded;
    this.billed += costOf(input, 0);
    attempt.value.measureBy(() => ({
      inputTokens: input,
      outputTokens: this.#written,
      nanoUsd: (output) => costOf(input, output),
    }));
  }

  async take(next: Step): Promise<void> {
    switch (next.kind) {
      case "write":
        if (this.#written + next.tokens > longest) return;
        this.#written += next.tokens;
        this.billed += costOf(0, next.tokens);
        await this.#lease.topUp(this.#written);
        break;
      case "pass":
        this.#world.clock.now += next.seconds * 1_000;
        await this.#world.governance.tick();
        break;
      case "call again":
        await this.#attempt?.callAgain({ inputTokens: inputBound, nanoUsd: (output) => costOf(inputBound, output) });
        this.billed += costOf(input, 0);
        break;
      case "fail over":
        if (this.#attempt === undefined) return;
        this.#attempt.end({ nanoUsd: costOf(inputBound, this.#written), source: "final", outcome: "failed" });
        this.billed += costOf(inputBound - input, 0);
        await this.begin();
    }
  }
}

async function dieAfter(steps: readonly Step[], mode: LeaseMode) {
  const clock = { now: 0 };
  const limits = memoryLimitStore({ clock: () => clock.now });
  const book = memoryBook();
  const directory = compileDirectory({}, { hasher: { digest: (token) => token } });
  const settings = { sliceTokens: slice, mode };
  const parts = { snapshot: () => ({ directory }), limits, book, clock: () => clock.now, newId: () => "r1", settings };
  const scope = limitScope({ id: "key a", limits: [{ of: "nanoUsd", amount: 1e12, window: { kind: "total" } }] });
  const holder: LeaseHolder = {
    keyId: "k",
    keyName: "a",
    tags: {},
    partition: "",
    scopes: [scope],
    scopesAt: () => [],
  };
  const bound = {
    inputTokens: inputBound,
    outputTokens: longest,
    nanoUsd: (output: number) => costOf(inputBound, output),
  };
  const governance = createGovernance(parts);
  const admission = await governance.admit({ holder, modelAsked: "m", bound });
  if (!admission.allowed) throw new Error(admission.reason);
  const running = new Running(admission.value, { governance, clock });
  await running.begin();
  for (const next of steps) await running.take(next);
  const survivor = createGovernance(parts);
  for (const ms of [60_000, 120_000]) {
    clock.now += ms;
    await survivor.tick();
  }
  await survivor.flush();
  const ends = book.entries.filter(({ kind }) => kind !== "open");
  const recorded = ends.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0);
  const [usage] = await limits.usage(scope);
  return { billed: running.billed, recorded, usage };
}

test("L-10: however far an answer has come when its gateway dies, no less is recorded than was billed", async () => {
  const modes = fc.constantFrom<LeaseMode>("strict", "incremental");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), modes, async (steps, mode) => {
      const { billed, recorded, usage } = await dieAfter(steps, mode);
      expect(recorded).toBeGreaterThanOrEqual(billed);
      expect(usage).toMatchObject({ used: recorded, held: 0 });
    }),
    { numRuns: 300 },
  );
});

test("of an answer that is held by slices no more is charged than its input, what has come, and a slice and a quarter", async () => {
  const usual = step.filter(({ kind }) => kind === "write" || kind === "pass");
  await fc.assert(
    fc.asyncProperty(fc.array(usual, { maxLength: 40 }), async (steps) => {
      const { billed, recorded } = await dieAfter([...steps, { kind: "pass", seconds: 6 }], "incremental");
      expect(recorded - billed).toBeLessThanOrEqual(costOf(0, slice * 1.25));
    }),
    { numRuns: 300 },
  );
});

test("by limits that hold strictly all of an answer is charged, and of its input what was counted", () => {
  const progress = { inputTokens: input, outputTokens: 70, nanoUsd: (output: number) => costOf(input, output) };
  const share = { inputTokens: inputBound, outputTokens: longest, nanoUsd: costOf(inputBound, longest) };
  const whole = { inputTokens: input, outputTokens: longest, nanoUsd: costOf(input, longest) };
  expect(chargeAt(progress, { share, mode: "strict", slice })).toEqual(whole);
  const part = { inputTokens: input, outputTokens: 70 + slice, nanoUsd: costOf(input, 70 + slice) };
  expect(chargeAt(progress, { share, mode: "incremental", slice })).toEqual(part);
});

test("an answer whose speed is known is charged with what can be written in two seconds", () => {
  const progress = { inputTokens: input, outputTokens: 70, nanoUsd: (output: number) => costOf(input, output) };
  const share = { inputTokens: inputBound, outputTokens: longest, nanoUsd: costOf(inputBound, longest) };
  const part = { inputTokens: input, outputTokens: 270, nanoUsd: costOf(input, 270) };
  expect(chargeAt({ ...progress, tokensPerMs: 0.1 }, { share, mode: "incremental", slice })).toEqual(part);
  expect(chargeAt({ ...progress, tokensPerMs: 99 }, { share, mode: "incremental", slice }).outputTokens).toBe(longest);
});
