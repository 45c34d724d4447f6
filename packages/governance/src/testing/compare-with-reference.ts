import fc from "fast-check";
import { expect } from "vitest";
import type { Amounts } from "../limits/limit.ts";
import { limitScope, type LimitScope } from "../limits/limit-scope.ts";
import type { LimitStore } from "../limits/limit-store.ts";
import type { OpenedStore } from "./limit-scene.ts";
import { ReferenceLedger } from "./reference-ledger.ts";

/** Something that a store is asked for, or that happens to it. */
export type StoreCommand =
  | {
      readonly kind: "reserve";
      readonly id: string;
      readonly scopes: readonly LimitScope[];
      readonly amounts: Amounts;
      readonly charge: Amounts | undefined;
    }
  | { readonly kind: "topUp" | "settle"; readonly id: string; readonly amounts: Amounts }
  | { readonly kind: "release"; readonly id: string }
  | { readonly kind: "touch"; readonly id: string; readonly charge: Amounts | undefined }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "sweep" | "reopen" };

const timeZone = "Europe/Berlin";
/** Limits that are met again and again in so many commands. */
const scopesOf = (commands: number): readonly LimitScope[] => [
  limitScope({
    id: "customer",
    limits: [
      { of: "nanoUsd", amount: 400, window: { kind: "calendar", unit: "hour", timeZone } },
      { of: "nanoUsd", amount: 100 * commands, window: { kind: "total" } },
      { of: "requests", amount: 9, window: { kind: "parallel" } },
    ],
  }),
  limitScope({
    id: "team",
    limits: [
      { of: "nanoUsd", amount: 250, window: { kind: "rolling", ms: 3_600_000 } },
      { of: "outputTokens", amount: 90, window: { kind: "request" } },
      { of: "inputTokens", amount: 600, window: { kind: "calendar", unit: "day", timeZone } },
    ],
  }),
  limitScope({
    id: "key",
    limits: [
      { of: "requests", amount: 5, window: { kind: "rolling", ms: 60_000 } },
      { of: "totalTokens", amount: 300, window: { kind: "rolling", ms: 60_000 } },
      { of: "nanoUsd", amount: 200, window: { kind: "calendar", unit: "minute", timeZone } },
    ],
  }),
];

/** Any commands, about few ids at a time, so that they meet. */
export function storeCommands(count: number): fc.Arbitrary<StoreCommand[]> {
  const id = fc.integer({ min: 0, max: 30 }).map(String);
  const amount = fc.integer({ min: 0, max: 100 });
  const amounts = fc.record({ nanoUsd: amount, inputTokens: amount, outputTokens: amount });
  const some = fc.subarray([...scopesOf(count)], { minLength: 1 });
  const charge = fc.option(amounts, { nil: undefined });
  const reserve = fc.record({ kind: fc.constant("reserve" as const), id, scopes: some, amounts, charge });
  const changed = fc.record({ kind: fc.constantFrom("topUp" as const, "settle" as const), id, amounts });
  const release = fc.record({ kind: fc.constant("release" as const), id });
  const touch = fc.record({ kind: fc.constant("touch" as const), id, charge });
  // In a long history ids come back within the ten minutes for which stores know ended ones.
  const short = { weight: count > 1000 ? 7 : 1, arbitrary: fc.integer({ min: 0, max: 3000 }) };
  const ms = fc.oneof(short, { weight: 1, arbitrary: fc.integer({ min: 0, max: 90_000 }) });
  const pass = fc.record({ kind: fc.constant("pass" as const), ms });
  const plain = fc.record({ kind: fc.constantFrom("sweep" as const, "reopen" as const) });
  const any = fc.array(
    fc.oneof(
      { weight: 6, arbitrary: reserve },
      { weight: 4, arbitrary: changed },
      { weight: 1, arbitrary: release },
      { weight: 2, arbitrary: touch },
      { weight: 2, arbitrary: pass },
      { weight: 2, arbitrary: plain },
    ),
    { minLength: count, maxLength: count },
  );
  return any.map((commands) => commands.map(movedOn));
}

/** Ids that nobody speaks of any more make room for others. */
function movedOn(command: StoreCommand, index: number): StoreCommand {
  return "id" in command ? { ...command, id: String(Number(command.id) + Math.floor(index / 4)) } : command;
}

interface Comparison {
  readonly opened: OpenedStore;
  readonly commands: readonly StoreCommand[];
  readonly leaseMs: number;
  readonly graceMs: number;
  readonly clock: { read(): number; pass(ms: number): void };
}

/** Gives commands to a store and to the reference; they must answer and stand alike after each. */
export async function compareWithReference({ opened, commands, leaseMs, graceMs, clock }: Comparison): Promise<void> {
  const reference = new ReferenceLedger(leaseMs, graceMs);
  let { store } = opened;
  const scopes = scopesOf(commands.length);
  for (const command of commands) {
    if (command.kind === "pass") clock.pass(command.ms);
    else if (command.kind === "reopen") {
      if (opened.reopen === undefined) continue;
      store = await opened.reopen();
      reference.reopen();
    } else {
      const answer = await answerOf(store, command);
      expect(answer).toEqual(referenceAnswer(reference, command, clock.read()));
    }
    const usages = (await Promise.all(scopes.map((scope) => store.usage(scope)))).flat();
    const expected = scopes.flatMap((scope) => reference.usage(scope, clock.read()));
    expect(usages.map(({ limit, used, held }) => [limit.of, used, held])).toEqual(
      expected.filter(({ of }) => of.window.kind !== "request").map(({ of: { of }, used, held }) => [of, used, held]),
    );
  }
}

async function answerOf(store: LimitStore, command: Exclude<StoreCommand, { kind: "pass" }>): Promise<string> {
  switch (command.kind) {
    case "reserve":
      return (await store.reserve({ ...command, need: command.amounts })).outcome;
    case "topUp":
      return (await store.topUp(command, command.amounts)).outcome;
    case "settle":
      return store.settle(command, command.amounts);
    case "release":
      return store.release(command);
    case "touch":
      return (await store.touch([command])).length === 0 ? "kept" : "lost";
    default:
      await store.sweep();
      return "swept";
  }
}

function referenceAnswer(reference: ReferenceLedger, command: StoreCommand, nowMs: number): string {
  switch (command.kind) {
    case "reserve":
      return reference.reserve(command.id, { ...command, need: command.amounts, nowMs });
    case "topUp":
      return reference.topUp(command.id, command.amounts, nowMs);
    case "settle":
      return reference.close(command.id, command.amounts);
    case "release":
      return reference.close(command.id, undefined);
    case "touch":
      return reference.touch(command.id, command.charge, nowMs) ? "kept" : "lost";
    default:
      reference.sweep(nowMs);
      return "swept";
  }
}
