import { setTimeout as pause } from "node:timers/promises";
import { type LimitStore, limitScope } from "@drawbridge/governance";
import type { Budgets, ChaosKey } from "./gateway-config.ts";
import type { Evidence, LimitState } from "./judge/evidence.ts";
import { limitProblems } from "./judge/limit-problems.ts";
import { readMoney, type Money } from "./read-money.ts";
import type { World } from "./world.ts";

/** Whose money it is, and how long what is held may outlive its gateway. */
export interface Accounts {
  readonly keys: readonly ChaosKey[];
  readonly budgets: Budgets;
  readonly leaseMs: number;
  /** How long to wait at most until all agree; as long as that may take unless told. */
  readonly restMs?: number | undefined;
}

/** Until what a dead gateway held has lapsed (1), an audit has found what Redis lost (2), and it has expired (3), and a bit. */
const leasesToRest = 8;
const leastRestMs = 15_000;

/**
 * Mends the world, waits until nothing is under way or held any more, and reads what the provider and the gateways have
 * written down.
 */
export async function collectEvidence(
  world: World,
  accounts: Accounts,
): Promise<Pick<Evidence, "bill" | "book" | "limits">> {
  const { restMs = leastRestMs + leasesToRest * accounts.leaseMs } = accounts;
  const deadline = Date.now() + restMs;
  while (world.provider.bill.running > 0 && Date.now() < deadline) await pause(200);
  for (;;) {
    const money = await readMoney(world, accounts.leaseMs);
    const limits = await statesOf(money, accounts);
    await money.close();
    if (rests(money, limits) || Date.now() > deadline)
      return { bill: world.provider.bill.rows, book: money.book, limits };
    await pause(1_000);
  }
}

/** Nothing is held, all have heard of everything, and each attempt has ended. */
function rests({ book }: Money, limits: readonly LimitState[]): boolean {
  if (limits.some((limit) => limitProblems(limit, book).length > 0)) return false;
  const ended = new Set(
    book.filter(({ kind }) => kind !== "open").map(({ requestId, attempt }) => `${requestId}.${attempt}`),
  );
  return book.every(({ requestId, attempt }) => ended.has(`${requestId}.${attempt}`));
}

/** How the budgets of all levels stand, as the gateways themselves would see them. */
async function statesOf(money: Money, { keys, budgets }: Accounts): Promise<LimitState[]> {
  const scopes = new Map<string, Scope>();
  for (const key of keys) {
    const { name, team, customer } = key;
    const partition = `customer ${customer}`;
    const of = (id: string, nanoUsd: number, members: (key: ChaosKey) => boolean): void => {
      if (scopes.has(id)) return;
      scopes.set(id, { id, partition, nanoUsd, keys: keys.filter(members).map(({ name: one }) => one) });
    };
    of(`key ${name}`, budgets.key(key), (other) => other.name === name);
    of(`team ${team}`, budgets.team(team), (other) => other.team === team);
    of(`customer ${customer}`, budgets.customer, (other) => other.customer === customer);
  }
  return Promise.all([...scopes.values()].map((scope) => stateOf(money, scope)));
}

interface Scope {
  readonly id: string;
  readonly partition: string;
  readonly nanoUsd: number;
  readonly keys: readonly string[];
}

async function stateOf({ remembered, counted }: Money, scope: Scope): Promise<LimitState> {
  const [inPostgres, inRedis] = await Promise.all([usageIn(remembered, scope), usageIn(counted, scope)]);
  return { scope: scope.id, keys: scope.keys, limitNanoUsd: scope.nanoUsd, ...inPostgres, counted: inRedis };
}

async function usageIn(
  limits: LimitStore,
  { id, partition, nanoUsd }: Scope,
): Promise<Pick<LimitState, "usedNanoUsd" | "heldNanoUsd">> {
  const scope = limitScope({ id, partition, limits: [{ of: "nanoUsd", amount: nanoUsd, window: { kind: "total" } }] });
  const [usage] = await limits.usage(scope);
  return { usedNanoUsd: usage?.used ?? 0, heldNanoUsd: usage?.held ?? 0 };
}
