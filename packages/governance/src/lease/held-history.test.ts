import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { memoryBook } from "../book/memory-book.ts";
import { compileDirectory } from "../directory/compile-directory.ts";
import { createGovernance, type Governance } from "../governance.ts";
import type { Limit } from "../limits/limit.ts";
import { type LimitScope, limitScope } from "../limits/limit-scope.ts";
import type { LimitStore } from "../limits/limit-store.ts";
import { memoryLimitStore } from "../limits/memory-limit-store.ts";
import type { LeaseHolder, LeaseTerms } from "./lease-request.ts";

type Window = Limit["window"];

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] !== undefined;
const atOnce = 50;
/** Nano-USD a token, as of a model of 3 and 15 USD a million. */
const [inputPrice, outputPrice] = [3_000, 15_000];
const [mostOutput, slice] = [64_000, 1_024];
const hour: Window = { kind: "calendar", unit: "hour", timeZone: "UTC" };

/** Numbers from 0 to 1, the same in each run. */
function chances(seed: number): () => number {
  let count = seed * 1_000_003;
  return () => (Math.imul((count += 1), 0x9e_37_79_b1) >>> 0) / 2 ** 32;
}

/** As long as answers of Claude Code are: half of them below 800 tokens, few of them long. */
function answerTokens(chance: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
  return Math.min(mostOutput, Math.ceil(800 * Math.exp(0.6 * normal)));
}

interface World {
  readonly governance: Governance;
  readonly clock: { now: number };
  readonly holders: readonly LeaseHolder[];
  readonly scopes: readonly LimitScope[];
  readonly limits: LimitStore;
  /** How far what is used and held together was beyond a limit, at most, after any step of the store. */
  readonly most: { beyond: number };
}

/** Keys of teams of a customer, all of whose budgets are soon spent, each step of whose store is looked at. */
function build(terms: LeaseTerms, budget: number, window = hour): World {
  const clock = { now: Date.parse("2026-11-25T12:00:00Z") };
  const inner = memoryLimitStore({ clock: () => clock.now });
  const partition = "customer acme";
  const level = (id: string, amount: number): LimitScope =>
    limitScope({ id, partition, limits: [{ of: "nanoUsd", amount, window }] });
  const customer = level(partition, budget);
  const teams = [0, 1, 2, 3].map((team) => level(`team ${team}`, Math.floor(budget / 3)));
  const keys = Array.from({ length: 12 }, (_, key) => level(`key ${key}`, Math.floor(budget / 8)));
  const scopes = [customer, ...teams, ...keys];
  const most = { beyond: 0 };
  const looked = async <Result>(step: Promise<Result>): Promise<Result> => {
    // A step of this store is done when its call returns, so that no other comes in between.
    const usages = scopes.map((scope) => inner.usage(scope));
    for (const { used, held, limit } of (await Promise.all(usages)).flat()) {
      most.beyond = Math.max(most.beyond, used + held - limit.amount);
    }
    return step;
  };
  const limits: LimitStore = {
    ...inner,
    reserve: (reservation) => looked(inner.reserve(reservation)),
    topUp: (hold, more) => looked(inner.topUp(hold, more)),
    settle: (hold, actual) => looked(inner.settle(hold, actual)),
    release: (hold) => looked(inner.release(hold)),
  };
  const directory = compileDirectory({}, { hasher: { digest: (token) => token } });
  let minted = 0;
  const newId = (): string => `r${(minted += 1)}`;
  const parts = { limits, book: memoryBook(), clock: () => clock.now, newId, snapshot: () => ({ directory }) };
  const governance = createGovernance({ ...parts, settings: { ...terms, sliceTokens: slice } });
  const holders = keys.map((key, index) => {
    const of = [customer, teams[index % teams.length] ?? customer, key];
    return { keyId: key.id, keyName: key.id, tags: {}, partition, scopes: of, scopesAt: () => [] };
  });
  return { governance, clock, holders, scopes, limits: inner, most };
}

interface Told {
  admitted: number;
  refused: number;
  cut: number;
  /** What was held at first, as parts of what would be for the longest answer. */
  readonly held: number[];
  /** Streams at the same time, at most. */
  streams: number;
  billed: number;
}

/** Lets requests come, stream and end, some dozen at a time, as the gateway does it. */
async function run({ governance, clock, holders }: World, requests: number, tokens = answerTokens): Promise<Told> {
  const told: Told = { admitted: 0, refused: 0, cut: 0, held: [], streams: 0, billed: 0 };
  let [begun, streams] = [0, 0];
  const one = async (chance: () => number): Promise<void> => {
    const holder = holders[Math.floor(chance() * holders.length)];
    if (holder === undefined) return;
    const inputTokens = Math.ceil(200 * 40 ** chance());
    const nanoUsd = (output: number): number => inputPrice * inputTokens + outputPrice * output;
    const bound = { inputTokens, outputTokens: mostOutput, nanoUsd };
    const admission = await governance.admit({ holder, modelAsked: "opus", bound });
    const attempt = admission.allowed
      ? await admission.value.attempt({ provider: "p", model: "m", credential: "c" })
      : undefined;
    if (!admission.allowed || attempt?.allowed !== true) {
      if (admission.allowed) admission.value.settle();
      told.refused += 1;
      // Until there is room again; a refused client is in no hurry.
      clock.now += 4_000;
      await setImmediate();
      return;
    }
    told.admitted += 1;
    told.held.push((admission.value.heldNanoUsd ?? Number.NaN) / nanoUsd(mostOutput));
    told.streams = Math.max(told.streams, (streams += 1));
    const wanted = Math.min(tokens(chance), attempt.value.maxOutputTokens);
    let output = 0;
    for (let isOn = true; isOn && output < wanted;) {
      await setImmediate();
      output = Math.min(wanted, output + 1 + Math.floor(120 * chance()));
      isOn = attempt.value.covers(output) || (await attempt.value.extend(output)).granted;
      if (!isOn) told.cut += 1;
    }
    const cost = nanoUsd(output);
    told.billed += cost;
    attempt.value.end({ nanoUsd: cost, source: "final", outcome: "ok" });
    admission.value.settle();
    streams -= 1;
    clock.now += Math.floor(300 * chance());
  };
  const work = async (worker: number): Promise<void> => {
    for (const chance = chances(worker + 1); (begun += 1) <= requests;) await one(chance);
  };
  await Promise.all(Array.from({ length: atOnce }, (_, worker) => work(worker)));
  await governance.flush();
  return told;
}

const tell = (line: string): void => {
  if (isCampaign) process.stdout.write(`${line}\n`);
};

describe("fifty answers at a time that come close to their budgets", () => {
  const strict = isCampaign ? 100_000 : 3_000;
  test(`L-03: of ${strict} that are held strictly none ever goes beyond a limit, at any step`, async () => {
    const world = build({ mode: "strict", whenSpent: "cut" }, 40 * outputPrice * mostOutput);
    const told = await run(world, strict);
    expect(world.most.beyond).toBe(0);
    expect(told.cut).toBe(0);
    expect(Math.min(told.admitted, told.refused)).toBeGreaterThan(strict / 20);
    tell(`L-03: ${told.admitted} admitted, ${told.refused} refused, 0 beyond`);
  }, 600_000);

  const sliced = isCampaign ? 20_000 : 2_000;
  test(`L-04: of ${sliced} that are held slice after slice none goes beyond by more than a slice, and little is held`, async () => {
    const world = build({ mode: "incremental", whenSpent: "cut" }, 60 * outputPrice * 2_000);
    const told = await run(world, sliced);
    expect(told.cut).toBeGreaterThan(sliced / 400);
    expect(Math.min(told.admitted, told.refused)).toBeGreaterThan(sliced / 20);
    expect(world.most.beyond).toBeLessThanOrEqual(slice * outputPrice * told.streams);
    const median = told.held.toSorted((one, other) => one - other)[Math.floor(told.held.length / 2)] ?? Number.NaN;
    expect(median).toBeLessThanOrEqual(0.05);
    const beyond = (world.most.beyond / (slice * outputPrice)).toFixed(2);
    const held = (100 * median).toFixed(2);
    tell(
      `L-04: ${told.admitted} admitted, ${told.cut} cut, ${beyond} slices beyond at most, ${held} % held by the median`,
    );
  }, 600_000);

  test("L-05: what runs on by policy to three times what was held is counted in full, and nobody let in after it", async () => {
    const world = build({ mode: "incremental", whenSpent: "run" }, 60 * outputPrice * 2_000, { kind: "total" });
    const told = await run(world, 500, () => 3 * slice);
    const [all] = world.scopes;
    const usages = all && (await world.limits.usage(all));
    expect(usages).toMatchObject([{ used: told.billed, held: 0 }]);
    expect(told.billed).toBeGreaterThan(60 * outputPrice * 2_000);
    expect([told.cut, told.admitted + told.refused]).toEqual([0, 500]);
    expect(told.refused).toBeGreaterThan(400);
  });
});
