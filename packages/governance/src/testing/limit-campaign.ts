import { isGovernanceError } from "../errors.ts";
import type { Amounts } from "../limits/limit.ts";
import { limitScope, type LimitScope } from "../limits/limit-scope.ts";
import type { LimitBook } from "../limits/limit-book.ts";
import type { LimitStore } from "../limits/limit-store.ts";

/** A campaign of requests on stores that share their limits while something is done to them. */
export interface LimitCampaign {
  readonly stores: readonly LimitStore[];
  readonly forMs: number;
  /** Does something bad and, some time later, resolves. */
  readonly fault: () => Promise<void>;
}

/** What came of a campaign for one customer: nano-USD by the requests, which keep their own account. */
export interface CampaignAccount {
  readonly scope: LimitScope;
  readonly amount: number;
  refusals: number;
  /** What requests have used, and what those have held whose process fell silent. */
  spent: number;
}

/** What came of a campaign. */
export interface CampaignResult {
  readonly accounts: readonly CampaignAccount[];
  readonly requests: number;
  readonly refused: number;
  readonly unavailable: number;
  readonly faults: number;
}

const workersOfStore = 4;
/** Small, so that there is always a customer near its limit, where a mistake lets too much through. */
const budget = 1500;
const atOnce = 4;
const refusalsOfCustomer = 12;
const dollars = (nanoUsd: number): Amounts => ({ nanoUsd, inputTokens: nanoUsd, outputTokens: 1 });
const below = (limit: number): number => Math.floor(Math.random() * limit);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The limits of a campaign's customer. */
export function campaignScope(partition: string, amount: number): LimitScope {
  return limitScope({
    id: partition,
    partition,
    limits: [
      { of: "nanoUsd", amount, window: { kind: "total" } },
      { of: "nanoUsd", amount: 1e12, window: { kind: "rolling", ms: 3_600_000 } },
      { of: "requests", amount: 1000, window: { kind: "parallel" } },
    ],
  });
}

/** Lets requests come and go, end or fall silent, for some time. */
export async function limitCampaign({ stores, forMs, fault }: LimitCampaign): Promise<CampaignResult> {
  const accounts: CampaignAccount[] = [];
  const next = (): CampaignAccount | undefined => {
    const inUse = accounts.filter(({ refusals }) => refusals < refusalsOfCustomer);
    if (inUse.length >= atOnce) return inUse[below(inUse.length)];
    const scope = campaignScope(`customer ${accounts.length}`, budget);
    accounts.push({ scope, amount: budget, spent: 0, refusals: 0 });
    return accounts.at(-1);
  };
  const result = { accounts, requests: 0, refused: 0, unavailable: 0, faults: 0 };
  const untilMs = performance.now() + forMs;
  // A busy machine does little in that time.
  const isOn = (): boolean => performance.now() < untilMs || result.faults < 2 || result.requests <= 50;
  const work = async (store: LimitStore): Promise<void> => {
    while (isOn()) {
      const account = next();
      if (account === undefined) continue;
      const outcome = await request(store, `${(result.requests += 1)}`, account);
      if (outcome === "refused") {
        result.refused += 1;
        account.refusals += 1;
      }
      if (outcome === "unavailable") result.unavailable += 1;
      await pause(below(outcome === "unavailable" ? 20 : 3));
    }
  };
  const hurt = async (): Promise<void> => {
    while (isOn()) {
      await pause(300 + below(900));
      await fault();
      result.faults += 1;
    }
  };
  await Promise.all([...stores.flatMap((store) => Array.from({ length: workersOfStore }, () => work(store))), hurt()]);
  return result;
}

async function request(store: LimitStore, id: string, account: CampaignAccount): Promise<string> {
  const hold = { id, partition: account.scope.partition };
  let most = 1 + below(100);
  try {
    const { outcome } = await store.reserve({ ...hold, scopes: [account.scope], need: dollars(most) });
    if (outcome !== "held") return outcome;
  } catch (error) {
    if (isUnavailable(error)) return "unavailable";
    throw error;
  }
  const grown = below(4) === 0 ? await topUp(store, hold, 50) : 0;
  most += grown ?? 0;
  await pause(below(30));
  const fate = below(10);
  if (fate === 0 && grown !== undefined) {
    // Nobody comes back for it.
    await store.durable(hold).catch(() => undefined);
    account.spent += most;
  } else if (fate === 1) await store.release(hold);
  else {
    const actual = below(most + 1);
    account.spent += actual;
    await store.settle(hold, dollars(actual));
    if (fate < 4) await store.settle(hold, dollars(actual));
  }
  return "held";
}

/** What was granted; undefined where nobody knows. */
async function topUp(store: LimitStore, hold: { id: string }, more: number): Promise<number | undefined> {
  try {
    const { outcome } = await store.topUp(hold, dollars(more));
    return outcome === "held" ? more : 0;
  } catch (error) {
    if (isUnavailable(error)) return undefined;
    throw error;
  }
}

/** What a book says that a customer has used of its first limit. */
export async function bookedOf(book: LimitBook, { partition, rules }: LimitScope): Promise<number | undefined> {
  const { slots } = await book.load(partition);
  return slots.find(({ meter }) => meter === rules[0]?.meter)?.settled;
}

/** Whether a store has said that it cannot be used now. */
export function isUnavailable(error: unknown): boolean {
  return isGovernanceError(error) && error.code === "store-unavailable";
}
