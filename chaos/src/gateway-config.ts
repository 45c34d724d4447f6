import { chaosPrice } from "./provider/chaos-price.ts";
import type { Wires } from "./world.ts";

/** A virtual key of a campaign and its place in the hierarchy. */
export interface ChaosKey {
  readonly name: string;
  readonly token: string;
  readonly team: string;
  readonly customer: string;
  /** Its own budget, in cents. */
  readonly cents: number;
}

const customers = 3;
const keysEach = 4;

/** Keys of three customers; half of them have budgets that run out before the campaign is over. */
export function chaosKeys(): ChaosKey[] {
  return Array.from({ length: customers * keysEach }, (_, index) => {
    const customer = index % customers;
    return {
      name: `key-${index}`,
      token: `sk-db-chaos-${String(index).padStart(32, "0")}`,
      team: `team-${customer}-${Math.floor(index / customers) % 2}`,
      customer: `customer-${customer}`,
      cents: index % 2 === 0 ? 25 : 10_000,
    };
  });
}

/** What a team may use, in cents: some teams run out as well. */
export function centsOfTeam(team: string): number {
  return team === "team-0-1" ? 60 : 20_000;
}

/** What a customer may use, in cents. */
export const centsOfCustomer = 50_000;

const usd = (cents: number): string => (cents / 100).toFixed(2);

/** What a gateway's configuration is made of. */
export interface ConfigParts {
  readonly keys: readonly ChaosKey[];
  readonly providerPort: number;
  readonly wires: Wires;
}

/**
 * The configuration of one gateway: two names of the same provider, one spoken to in its own dialect and one translated,
 * a chain over both, and budgets on every level that hold strictly.
 */
export function gatewayConfig({ keys, providerPort, wires }: ConfigParts): object {
  const provider = `http://127.0.0.1:${providerPort}`;
  const budgets = (cents: number): object[] => [{ usd: usd(cents), per: "total" }];
  return {
    providers: {
      native: { kind: "anthropic-messages", baseUrl: provider, apiKey: "chaos", models: ["chaos"] },
      translated: { kind: "openai-chat", baseUrl: `${provider}/v1`, apiKey: "chaos", models: ["chaos"] },
    },
    models: [
      { match: "claude-native", target: "native/chaos" },
      { match: "claude-translated", target: "translated/chaos" },
      { match: "claude-chain", targets: ["native/chaos", "translated/chaos"] },
    ],
    prices: {
      "*/chaos": { input: chaosPrice.inputNanoUsd / 1_000, output: chaosPrice.outputNanoUsd / 1_000 },
    },
    customers: Object.fromEntries(
      [...new Set(keys.map(({ customer }) => customer))].map((name) => [name, { budgets: budgets(centsOfCustomer) }]),
    ),
    teams: Object.fromEntries(
      keys.map(({ team, customer }) => [team, { customer, budgets: budgets(centsOfTeam(team)) }]),
    ),
    keys: keys.map(({ name, token, team, cents }) => ({ name, value: token, team, budgets: budgets(cents) })),
    limits: { hold: "strict" },
    storage: {
      postgres: `postgres://drawbridge@127.0.0.1:${wires.postgres.port}/postgres`,
      redis: `redis://127.0.0.1:${wires.redis.port}`,
    },
  };
}
