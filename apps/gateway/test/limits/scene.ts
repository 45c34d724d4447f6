import { type FakeProvider, type FakeProviderOptions, startFakeProvider } from "@drawbridge/providers/testing";
import { type GatewayHere, startGatewayHere } from "../support/gateway-here.ts";
import { aliceKey, upstreamKey } from "../support/scenario.ts";

/** What an input token costs in these scenes, in nano-USD. */
export const inputPrice = 3_000;
/** Likewise an output token. */
export const outputPrice = 15_000;

/** A gateway with limits, and a provider that keeps a bill of its own. */
export interface LimitScene extends AsyncDisposable {
  readonly upstream: FakeProvider;
  readonly gateway: GatewayHere;
  /** What the provider asks for, in nano-USD. */
  bill(): number;
  /** What the gateway has counted, in nano-USD, by its log; waits until so many exchanges have ended. */
  counted(exchanges: number): Promise<number>;
}

/** Configuration of a gateway whose models all go to this provider. */
export function limitedConfig(upstream: FakeProvider, config: object = {}): object {
  const settings = { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl, apiKey: upstreamKey };
  return {
    providers: { gpu: settings },
    models: [{ match: "claude-*", target: "gpu/qwen3-coder" }],
    prices: { "*/*": { input: inputPrice / 1_000, output: outputPrice / 1_000 } },
    keys: [{ name: "alice", value: aliceKey }],
    ...config,
  };
}

export async function openLimitScene(
  config: (upstream: FakeProvider) => object,
  options: FakeProviderOptions,
): Promise<LimitScene> {
  const upstream = await startFakeProvider({ apiKey: upstreamKey, models: ["qwen3-coder"], ...options });
  const gateway = await startGatewayHere(config(upstream));
  return {
    upstream,
    gateway,
    bill: () => billOf(upstream),
    async counted(exchanges) {
      await gateway.printed(() => gateway.exchanges().length >= exchanges);
      return gateway.exchanges().reduce((sum, line) => sum + Number(line["cost_nano_usd"] ?? 0), 0);
    },
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await upstream.close();
    },
  };
}

/** What a provider asks for, in nano-USD. */
export function billOf({ bill }: FakeProvider): number {
  return bill.inputTokens * inputPrice + bill.outputTokens * outputPrice;
}
