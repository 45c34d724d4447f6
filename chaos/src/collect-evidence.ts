import { setTimeout as pause } from "node:timers/promises";
import { type LimitStore, limitScope } from "@drawbridge/governance";
import { readMoney, type Money } from "./read-money.ts";
import { centsOfCustomer, centsOfTeam, type ChaosKey } from "./gateway-config.ts";
import type { Evidence, LimitState } from "./judge/judge.ts";
import type { World } from "./world.ts";

/** Until every hold of a dead gateway has lapsed, expired and been written down: lease, grace, and a moment. */
const restsWithinMs = 300_000;

/**
 * Mends the world, waits until nothing is under way or held any more, and reads what the provider and the gateways have
 * written down.
 */
export async function collectEvidence(
  world: World,
  keys: readonly ChaosKey[],
): Promise<Pick<Evidence, "bill" | "book" | "limits">> {
  const deadline = Date.now() + restsWithinMs;
  while (world.provider.bill.running > 0 && Date.now() < deadline) await pause(200);
  let money = await readMoney(world);
  let limits = await statesOf(money, keys);
  while (!rests(money, limits) && Date.now() < deadline) {
    await money.close();
    await pause(2_000);
    money = await readMoney(world);
    limits = await statesOf(money, keys);
  }
  await money.close();
  return { bill: world.provider.bill.rows, book: money.book, limits };
}

function rests({ book }: Money, limits: readonly LimitState[]): boolean {
  if (limits.some(({ heldNanoUsd }) => heldNanoUsd > 0)) return false;
  const ended = new Set(
    book.filter(({ kind }) => kind !== "open").map(({ requestId, attempt }) => `${requestId}.${attempt}`),
  );
  return book.every(({ requestId, attempt }) => ended.has(`${requestId}.${attempt}`));
}

/** How the budgets of all levels stand, as the gateways themselves would see them. */
async function statesOf({ limits }: Money, keys: readonly ChaosKey[]): Promise<LimitState[]> {
  const scopes = new Map<string, Scope>();
  for (const { name, team, customer, cents } of keys) {
    const partition = `customer ${customer}`;
    const of = (id: string, most: number, members: (key: ChaosKey) => boolean): void => {
      if (scopes.has(id)) return;
      scopes.set(id, { id, partition, cents: most, keys: keys.filter(members).map((key) => key.name) });
    };
    of(`key ${name}`, cents, (key) => key.name === name);
    of(`team ${team}`, centsOfTeam(team), (key) => key.team === team);
    of(`customer ${customer}`, centsOfCustomer, (key) => key.customer === customer);
  }
  return Promise.all([...scopes.values()].map((scope) => stateOf(limits, scope)));
}

interface Scope {
  readonly id: string;
  readonly partition: string;
  readonly cents: number;
  readonly keys: readonly string[];
}

const nanoUsdInCent = 10_000_000;

async function stateOf(limits: LimitStore, { id, partition, cents, keys }: Scope): Promise<LimitState> {
  const amount = cents * nanoUsdInCent;
  const scope = limitScope({ id, partition, limits: [{ of: "nanoUsd", amount, window: { kind: "total" } }] });
  const [usage] = await limits.usage(scope);
  return { scope: id, keys, limitNanoUsd: amount, usedNanoUsd: usage?.used ?? 0, heldNanoUsd: usage?.held ?? 0 };
}
