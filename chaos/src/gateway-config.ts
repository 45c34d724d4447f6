import { chaosPrice } from "./provider/chaos-price.ts";
import type { Wires } from "./world.ts";

/** A virtual key of a campaign and its place in the hierarchy. */
export interface ChaosKey {
  readonly name: string;
  readonly token: string;
  readonly team: string;
  readonly customer: string;
}

/** What may be spent, in nano-USD; nobody has more than a level above. */
export interface Budgets {
  key(key: ChaosKey): number;
  team(name: string): number;
  readonly customer: number;
  /** True for a budget that runs out. */
  isTight(nanoUsd: number): boolean;
  /** True for a key whose requests hold strictly. */
  isStrict(key: ChaosKey): boolean;
}

const customers = 3;
const keysEach = 4;

/** Keys of three customers in two teams each. */
export function chaosKeys(): ChaosKey[] {
  return Array.from({ length: customers * keysEach }, (_, index) => {
    const customer = index % customers;
    return {
      name: `key-${index}`,
      token: `sk-db-chaos-${String(index).padStart(32, "0")}`,
      team: `team-${customer}-${Math.floor(index / customers) % 2}`,
      customer: `customer-${customer}`,
    };
  });
}

/** What a request of the load is billed on average, and a budget that gives room to a few at once. */
const [usualNanoUsd, leastNanoUsd] = [30_000_000, 300_000_000];
/** More than any campaign spends. */
const mostNanoUsd = 1_000_000_000_000_000;

/** Budgets of which some run out before so many requests have been made: every second key's, and one team's. */
export function budgetsFor(requests: number): Budgets {
  const share = (requests * usualNanoUsd) / (customers * keysEach);
  const plenty = 100 * Math.max(leastNanoUsd, Math.round(requests * usualNanoUsd));
  const tight = (shares: number): number => Math.max(leastNanoUsd, Math.round(share * shares));
  const team = (name: string): number => (name === "team-0-1" ? tight(0.8) : plenty);
  return {
    key: (key) => Math.min(Number(key.name.split("-")[1]) % 2 === 0 ? tight(0.4) : plenty, team(key.team)),
    team,
    customer: plenty,
    isTight: (nanoUsd) => nanoUsd < plenty,
    isStrict(key) {
      return this.isTight(this.key(key)) || this.isTight(team(key.team));
    },
  };
}

/** Budgets of which none runs out, so that none holds strictly. */
export const plenty: Budgets = {
  key: () => mostNanoUsd,
  team: () => mostNanoUsd,
  customer: mostNanoUsd,
  isTight: () => false,
  isStrict: () => false,
};

const usd = (nanoUsd: number): string => (nanoUsd / 1e9).toFixed(9);

/** What a gateway's configuration is made of. */
export interface ConfigParts {
  readonly keys: readonly ChaosKey[];
  readonly budgets: Budgets;
  readonly wires: Wires;
  /** Where the provider is reached. */
  readonly providerPort: number;
}

/**
 * The configuration of one gateway: two names of the same provider, one spoken to in its own dialect and one translated,
 * a chain over both, and budgets on every level, of which those that run out hold strictly.
 */
export function gatewayConfig({ keys, budgets, wires, providerPort }: ConfigParts): object {
  const provider = `http://127.0.0.1:${providerPort}`;
  // What runs out holds strictly; of all else a slice of the answer is held at a time, as gateways do unless told.
  const total = (nanoUsd: number): object => ({
    budgets: [{ usd: usd(nanoUsd), per: "total" }],
    ...(budgets.isTight(nanoUsd) && { hold: "strict" }),
  });
  return {
    providers: {
      native: { kind: "anthropic-messages", baseUrl: provider, apiKey: "chaos", models: ["chaos"] },
      translated: { kind: "openai-chat", baseUrl: `${provider}/v1`, apiKey: "chaos", models: ["chaos"] },
      // These write and bill an answer to its end, whoever reads it.
      lasting: { kind: "anthropic-messages", baseUrl: provider, apiKey: "chaos", models: ["chaos"], onAbort: "30s" },
      "lasting-translated": {
        kind: "openai-chat",
        baseUrl: `${provider}/v1`,
        apiKey: "chaos",
        models: ["chaos"],
        onAbort: "30s",
      },
    },
    models: [
      { match: "claude-native*", target: "native/chaos" },
      { match: "claude-translated*", target: "translated/chaos" },
      { match: "claude-chain*", targets: ["native/chaos", "translated/chaos"] },
      { match: "claude-lasting-translated*", target: "lasting-translated/chaos" },
      { match: "claude-lasting*", target: "lasting/chaos" },
    ],
    prices: {
      "*/chaos": { input: chaosPrice.inputNanoUsd / 1_000, output: chaosPrice.outputNanoUsd / 1_000 },
    },
    customers: Object.fromEntries(
      [...new Set(keys.map(({ customer }) => customer))].map((name) => [name, total(budgets.customer)]),
    ),
    teams: Object.fromEntries(keys.map(({ team, customer }) => [team, { customer, ...total(budgets.team(team)) }])),
    keys: keys.map((key) => {
      const { name, token, team } = key;
      return { name, value: token, team, ...total(budgets.key(key)) };
    }),
    storage: {
      postgres: `postgres://drawbridge@127.0.0.1:${wires.postgres.port}/postgres`,
      redis: `redis://127.0.0.1:${wires.redis.port}`,
    },
  };
}
