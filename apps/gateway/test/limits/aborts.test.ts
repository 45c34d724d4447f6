import type { Answer, SeenRequest } from "@drawbridge/providers/testing";
import { expect, test } from "vitest";
import { aliceKey, upstreamKey } from "../support/scenario.ts";
import { ask, post } from "../support/post.ts";
import { inputPrice, limitedConfig, openLimitScene, outputPrice } from "./scene.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
/** Clients in a round, each of which has a gateway and a provider of its own: they keep all that they have seen. */
const clients = isCampaign ? 500 : 250;
const rounds = isCampaign ? 10 : 1;
const atOnce = 60;
/** Answers that were heard to their end before, as a gateway that has run for a minute has seen. */
const heard = 12;

const text = "four ".repeat(400);
/** A number from 0 to 1 for each index, the same in each run. */
const chance = (index: number): number => (Math.imul(index + 1, 0x9e_37_79_b1) >>> 0) / 2 ** 32;
const wholeTokens = (index: number): number => Math.ceil(text.length / (4 + 0.4 * chance(index)));
const indexOf = ({ raw }: Pick<SeenRequest, "raw">): number =>
  Number(/client (\d+) /u.exec(Buffer.from(raw).toString())?.[1]);
/** No smaller than what Claude Code asks first: its tools alone come to some 60 kB. */
const prompt = (index: number): object => {
  const content = `client ${index} ${"four ".repeat(10_000 + Math.floor(4_000 * chance(index)))}`;
  return ask(true, { max_tokens: 2_000, messages: [{ role: "user", content }] });
};

interface Vendor {
  readonly name: string;
  readonly settings: object;
  /** What it takes for an answer of which it had written so many tokens when it was left. */
  readonly billed: (call: SeenRequest) => number;
}

const vendors: readonly Vendor[] = [
  { name: "stops when it is left", settings: {}, billed: ({ producedTokens }) => producedTokens },
  {
    name: "writes on when it is left, and is read on",
    settings: { onAbort: "drain" },
    billed: (call) => wholeTokens(indexOf(call)),
  },
];

interface Sums {
  readonly calls: number;
  readonly bill: number;
  readonly recorded: number;
  /** What is missing, of all calls of which less is recorded than billed. */
  readonly under: number;
}

async function leaveAll({ settings, billed }: Vendor): Promise<Sums> {
  const script = (call: SeenRequest): Answer => ({
    text,
    // 200 tokens a second.
    deltaChars: 20,
    gapMs: indexOf(call) < heard ? 1 : 25,
    delayMs: 5,
    usage: { outputTokens: wholeTokens(indexOf(call)) },
  });
  const provider = { kind: "anthropic-messages", apiKey: upstreamKey, ...settings };
  await using scene = await openLimitScene(
    (upstream) =>
      limitedConfig(upstream, {
        providers: { gpu: { ...provider, baseUrl: upstream.url } },
        keys: [{ name: "alice", value: aliceKey, budgets: [{ usd: 100_000, per: "month" }] }],
      }),
    { script },
  );
  await Promise.all(Array.from({ length: heard }, (_, index) => post(scene.gateway.url, prompt(index))));

  const leave = async (index: number): Promise<void> => {
    const headers = {
      "content-type": "application/json",
      "x-api-key": aliceKey,
      "x-claude-code-session-id": `client ${index}`,
    };
    const signal = AbortSignal.timeout(1 + Math.floor(2_500 * chance(7 * index)));
    const asked = { method: "POST", headers, body: JSON.stringify(prompt(index)), signal };
    await fetch(`${scene.gateway.url}/anthropic/v1/messages`, asked)
      .then((answer) => answer.text())
      .catch(() => undefined);
  };
  let next = heard;
  const leaveOneByOne = async (): Promise<void> => {
    while (next < heard + clients) await leave(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, leaveOneByOne));

  await scene.upstream.until(({ bill, calls }) => bill.completed + bill.abandoned === calls.length);
  const calls = scene.upstream.calls.filter((call) => indexOf(call) >= heard);
  await scene.counted(heard + calls.length);
  const costs = new Map(scene.gateway.exchanges().map((line) => [line["session_id"], line["cost_nano_usd"]]));
  let [bill, recorded, under] = [0, 0, 0];
  for (const call of calls) {
    const due = Math.ceil(call.raw.length / 4) * inputPrice + billed(call) * outputPrice;
    const cost = Number(costs.get(`client ${indexOf(call)}`) ?? Number.NaN);
    bill += due;
    recorded += cost;
    if (!(cost >= due)) under += due - cost;
  }
  return { calls: calls.length, bill, recorded, under };
}

test.each(vendors)(
  `L-12: ${rounds * clients} clients that leave pay what the provider bills, and at most a fiftieth more, where it $name`,
  async (vendor) => {
    let sums: Sums = { calls: 0, bill: 0, recorded: 0, under: 0 };
    for (let round = 0; round < rounds; round++) {
      const { calls, bill, recorded, under } = await leaveAll(vendor);
      sums = {
        calls: sums.calls + calls,
        bill: sums.bill + bill,
        recorded: sums.recorded + recorded,
        under: sums.under + under,
      };
    }
    const over = sums.recorded / sums.bill - 1;
    if (isCampaign) {
      const percent = (over * 100).toFixed(2);
      process.stdout.write(`aborts: ${sums.calls} calls left, under by ${sums.under}, over by ${percent} %\n`);
    }
    expect(sums.calls).toBeGreaterThan(rounds * clients * 0.6);
    expect(sums.under).toBe(0);
    expect(over).toBeLessThanOrEqual(0.02);
  },
  isCampaign ? 1_200_000 : 60_000,
);
