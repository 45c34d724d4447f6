import type { Answer, SeenRequest } from "@drawbridge/providers/testing";
import { expect, test } from "vitest";
import { ask, lineOf, post, streamedText } from "../support/post.ts";
import { aliceKey, upstreamKey } from "../support/scenario.ts";
import { inputPrice, limitedConfig, openLimitScene, outputPrice } from "./scene.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const total = isCampaign ? 2_000 : 100;
const atOnce = 4;
/** One in so many is slow to begin, which is less than the hedges that the others earn. */
const slowEvery = 25;
const maxTokens = 100;

const text = "An answer of some words, so that it comes in several events.";
const indexOf = ({ raw }: Pick<SeenRequest, "raw">): number =>
  Number(/request (\d+)\./u.exec(Buffer.from(raw).toString())?.[1]);
const isSlow = (index: number): boolean => index % slowEvery === slowEvery - 1;

/** The first place takes the request, tells what it has read of it, and is silent for long. */
function script(request: SeenRequest): Answer {
  const usage = { inputTokens: 40, outputTokens: 20 };
  if (request.model !== "one" || !isSlow(indexOf(request))) return { text, usage };
  return { text, usage, fault: { kind: "silence-mid-stream", afterEvents: 1, forMs: isCampaign ? 3_000 : 20_000 } };
}

test(
  `of ${total} requests, some of them slow, five in a hundred are hedged at most, and each call is billed`,
  { timeout: isCampaign ? 600_000 : 120_000 },
  async () => {
    await using scene = await openLimitScene(
      (upstream) => {
        const settings = { kind: "anthropic-messages", baseUrl: upstream.url, apiKey: upstreamKey };
        return limitedConfig(upstream, {
          providers: { first: settings, second: settings },
          models: [{ match: "claude-*", targets: ["first/one", "second/two"] }],
          // Longer than others take on a busy machine, which would spend the hedges of those that are slow.
          routing: { hedge: { after: isCampaign ? "300ms" : "2s" } },
          keys: [{ name: "alice", value: aliceKey, budgets: [{ usd: "1000", per: "month" }] }],
        });
      },
      { script, models: ["one", "two"] },
    );
    const costs = new Map<number, number>();
    const answers = new Set<string>();
    const requestNumber = async (index: number): Promise<void> => {
      const messages = [{ role: "user", content: `This is request ${index}.` }];
      const got = await post(scene.gateway.url, ask(true, { max_tokens: maxTokens, messages }));
      answers.add(`${got.status} ${streamedText(got)} ${got.events.at(-1)?.type}`);
      costs.set(index, Number((await lineOf(scene.gateway, got))["cost_nano_usd"]));
    };
    let next = 0;
    const oneByOne = async (): Promise<void> => {
      while (next < total) await requestNumber(next++);
    };
    await Promise.all(Array.from({ length: atOnce }, oneByOne));
    await scene.upstream.until(({ bill, calls }) => bill.completed + bill.abandoned === calls.length);

    const { calls } = scene.upstream;
    const hedges = calls.filter(({ model }) => model === "two");
    expect([...answers]).toEqual([`200 ${text} message_stop`]);
    expect(calls.length - total).toBe(hedges.length);
    expect(hedges.length).toBeGreaterThan(0);
    expect(hedges.length).toBeLessThanOrEqual(0.05 * total);

    const lost = calls.flatMap(({ abandonedAt, ...call }) =>
      abandonedAt === undefined ? [] : { ...call, abandonedAt },
    );
    // What is quicker than its hedge is nobody's loss.
    expect(lost.length).toBeGreaterThan(0);
    const hedgedAt = new Map(hedges.map((call) => [indexOf(call), call.at]));
    const delays = lost.map((call) => call.abandonedAt - (hedgedAt.get(indexOf(call)) ?? Number.NaN));
    const recorded = [...costs.values()].reduce((sum, cost) => sum + cost, 0);
    if (isCampaign) {
      const over = (100 * (recorded / scene.bill() - 1)).toFixed(2);
      const most = Math.max(...delays).toFixed(1);
      const left = `${lost.length} calls lost and left within ${most} ms`;
      process.stdout.write(`hedges: ${hedges.length} of ${total}, ${left}, ${over} % more recorded than billed\n`);
      expect(Math.max(...delays)).toBeLessThanOrEqual(100);
    }

    for (let index = 0; index < total; index++) {
      const own = calls.filter((call) => indexOf(call) === index);
      const due =
        own.length * 40 * inputPrice + own.reduce((sum, { producedTokens }) => sum + producedTokens, 0) * outputPrice;
      const cost = costs.get(index) ?? Number.NaN;
      // Of a call that was left nobody knows what is on its way, but that it is no more than it may have.
      const unknown = own.some(({ abandonedAt }) => abandonedAt !== undefined) ? maxTokens * outputPrice : 0;
      expect([index, cost >= due, cost <= due + unknown]).toEqual([index, true, true]);
    }
  },
);
