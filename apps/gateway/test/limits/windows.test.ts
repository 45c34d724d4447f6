import { expect, onTestFinished, test, vi } from "vitest";
import { ask, post, type Posted } from "../support/post.ts";
import { limitedConfig, type LimitScene, openLimitScene } from "./scene.ts";

const keyOf = (name: string): string => `sk-db-0123456789-${name.replaceAll(/\W/gu, "-").toLowerCase()}`;

/** A gateway with a key for each of these limits, named for it, in a moment that does not pass. */
function openScene(limits: readonly (readonly [name: string, limits: object])[]): Promise<LimitScene> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-25T10:20:30Z") });
  onTestFinished(() => void vi.useRealTimers());
  const keys = limits.map(([name, limit]) => ({ name, value: keyOf(name), ...limit }));
  return openLimitScene((upstream) => limitedConfig(upstream, { keys }), { script: () => ({ text: "Hello." }) });
}

/** Asks twice where there is room for one, and gives the refusal. */
async function refusedBy({ gateway }: LimitScene, name: string): Promise<Posted> {
  const asked = (): Promise<Posted> => post(gateway.url, ask(false), { key: keyOf(name) });
  expect(await asked(), name).toMatchObject({ status: 200 });
  return asked();
}

function waitOf({ status, headers }: Posted): readonly unknown[] {
  return [status, headers.get("x-should-retry"), headers.get("retry-after")];
}

/** Each period that a budget may have, how it is called, and when it begins anew. */
const periods: [name: string, budget: object, called: string, resetsAt: string | undefined][] = [
  ["minute", { per: "minute" }, "a minute (UTC)", "2026-11-25T10:21:00.000Z"],
  ["hour", { per: "hour" }, "an hour (UTC)", "2026-11-25T11:00:00.000Z"],
  ["hour of India", { per: "hour", timeZone: "Asia/Kolkata" }, "an hour (Asia/Kolkata)", "2026-11-25T10:30:00.000Z"],
  ["day", { per: "day" }, "a day (UTC)", "2026-11-26T00:00:00.000Z"],
  ["day of Berlin", { per: "day", timeZone: "Europe/Berlin" }, "a day (Europe/Berlin)", "2026-11-25T23:00:00.000Z"],
  ["week", { per: "week" }, "a week (UTC)", "2026-11-30T00:00:00.000Z"],
  ["month", { per: "month" }, "a month (UTC)", "2026-12-01T00:00:00.000Z"],
  ["quarter", { per: "quarter" }, "a quarter (UTC)", "2027-01-01T00:00:00.000Z"],
  ["year", { per: "year" }, "a year (UTC)", "2027-01-01T00:00:00.000Z"],
  ["total", { per: "total" }, "in total", undefined],
  ["24h", { per: "24h rolling" }, "in any day", "2026-11-26T10:24:00.000Z"],
  ["30d", { per: "30d rolling" }, "in any 30 days", "2026-12-25T12:00:00.000Z"],
];

test("a budget of each period is told by its name when it is spent, with when it begins anew", async () => {
  // Room for what one request may cost, and not for that and what one has cost.
  const limits = periods.map(([name, budget]) => [name, { budgets: [{ usd: "0.00465", ...budget }] }] as const);
  await using scene = await openScene(limits);
  for (const [name, , called, resetsAt] of periods) {
    const refused = await refusedBy(scene, name);
    expect(refused.error?.message).toContain(`key ${name} may use 0.00465 USD ${called}: 0.0000`);
    expect(refused.error?.message).toContain(resetsAt ?? "does not reset by itself");
    expect(refused.headers.get("x-drawbridge-budget-scope")).toBe(encodeURI(`key ${name}`));
    expect(waitOf(refused), name).toEqual(name === "minute" ? [429, "true", "30"] : [402, "false", null]);
  }
});

/** Room for what one request may use, and not for that and what one has used. */
const quantities: [quantity: string, most: number, called: string][] = [
  ["requests", 1, "1 request"],
  ["inputTokens", 50, "50 input tokens"],
  ["outputTokens", 100, "100 output tokens"],
  ["totalTokens", 150, "150 tokens"],
];

test("a rate of each quantity and each stretch of time is told by its name when it is used up", async () => {
  const rates = quantities.flatMap(([of, most, called]) =>
    ["second", "minute", "hour", "day"].map((per) => ({
      name: `${of} ${per}`,
      per,
      called,
      rate: { [of]: most, per },
    })),
  );
  await using scene = await openScene(rates.map(({ name, rate }) => [name, { rates: [rate] }]));
  for (const { name, per, called } of rates) {
    const refused = await refusedBy(scene, name);
    expect(refused.error?.message).toContain(`key ${name} may use ${called} in any ${per}: `);
    const seconds = { second: "2", minute: "60" }[per] ?? null;
    expect(waitOf(refused), name).toEqual([429, String(seconds !== null), seconds]);
  }
});

test("a budget that the file raises or lowers keeps what was used, and acts on the next request", async () => {
  const config = (usd: string): object => ({
    keys: [{ name: "k", value: keyOf("k"), budgets: [{ usd, per: "total" }] }],
  });
  await using scene = await openLimitScene((upstream) => limitedConfig(upstream, config("0.00465")), {
    script: () => ({ text: "Hello." }),
  });
  const asked = (): Promise<Posted> => post(scene.gateway.url, ask(false), { key: keyOf("k") });
  const reload = (usd: string): Promise<boolean> => scene.gateway.reload(limitedConfig(scene.upstream, config(usd)));
  expect((await refusedBy(scene, "k")).status).toBe(402);
  expect(await reload("0.00475")).toBe(true);
  expect(await asked()).toMatchObject({ status: 200 });
  expect(await reload("0.0047")).toBe(true);
  const refused = await asked();
  const used = (scene.bill() / 1e9).toFixed(9).replace(/0+$/u, "");
  expect([refused.status, refused.error?.message]).toEqual([402, expect.stringContaining(`: ${used} USD used`)]);
});
