import { expect, test } from "vitest";
import { memoryBook } from "../book/memory-book.ts";
import { compileDirectory } from "../directory/compile-directory.ts";
import { createGovernance } from "../governance.ts";
import { limitScope } from "../limits/limit-scope.ts";
import { memoryLimitStore } from "../limits/memory-limit-store.ts";

const requests = process.env["DRAWBRIDGE_CAMPAIGN"] === undefined ? 1_000 : 10_000;
const slice = 1_024;
/** A number from 0 to 1 for each index, the same in each run. */
const chance = (index: number): number => (Math.imul(index + 1, 0x9e_37_79_b1) >>> 0) / 2 ** 32;
/** Three places, each with its own prices of an input and an output token. */
const places = [
  { provider: "dear", input: 5, output: 25 },
  { provider: "usual", input: 3, output: 15 },
  { provider: "cheap", input: 1, output: 4 },
];

test(`L-11 R-05: of ${requests} chains of three that fail half-way each attempt is billed once at its own price and one held at a time, and each chain is one request`, async () => {
  const clock = (): number => Date.parse("2026-11-25T12:00:00Z");
  const [limits, book] = [memoryLimitStore({ clock }), memoryBook()];
  const partition = "team a";
  const tenant = limitScope({
    id: partition,
    partition,
    limits: [
      { of: "nanoUsd", amount: 1e15, window: { kind: "total" } },
      { of: "requests", amount: 1e9, window: { kind: "rolling", ms: 60_000 } },
    ],
  });
  const directory = compileDirectory({}, { hasher: { digest: (token) => token } });
  let minted = 0;
  const newId = (): string => `r${(minted += 1)}`;
  const settings = { sliceTokens: slice };
  const governance = createGovernance({ limits, book, clock, newId, snapshot: () => ({ directory }), settings });
  const holder = { keyId: "k", keyName: "k", tags: {}, partition, scopes: [tenant], scopesAt: () => [] };
  const bills = new Map<string, number>();
  const usage = async () => (await limits.usage(tenant)).map(({ used, held }) => ({ used, held }));
  let [all, sent] = [0, 0];
  for (let index = 0; index < requests; index++) {
    const inputTokens = 1 + Math.floor(3_000 * chance(3 * index));
    // The dearest of the chain.
    const bound = { inputTokens, outputTokens: 64_000, nanoUsd: (output: number) => 5 * inputTokens + 25 * output };
    const admission = await governance.admit({ holder, modelAsked: `model ${index}`, bound });
    if (!admission.allowed) throw new Error(admission.reason);
    const lease = admission.value;
    let [billed, held] = [0, bound.nanoUsd(slice)];
    for (const [step, { provider, input, output }] of places.entries()) {
      const nanoUsd = (tokens: number): number => input * inputTokens + output * tokens;
      const attempt = await lease.attempt({ provider, model: "m", credential: "c", bound: { ...bound, nanoUsd } });
      if (!attempt.allowed) throw new Error(attempt.reason);
      sent += 1;
      // At first what the dearest of them may take; then what earlier ones cost and what this one may, if that is more.
      held = Math.max(held, billed + nanoUsd(slice));
      const [money] = await usage();
      expect(money).toEqual({ used: all, held });
      const isLast = step === places.length - 1 || chance(7 * index + step) < 0.3;
      const tokens = Math.floor(slice * chance(11 * index + step));
      const cost = nanoUsd(tokens);
      bills.set(`${lease.id} ${step + 1}`, cost);
      billed += cost;
      attempt.value.end({ nanoUsd: cost, source: isLast ? "final" : "partial", outcome: isLast ? "ok" : "failed" });
      if (isLast) break;
    }
    lease.settle();
    await governance.flush();
    all += billed;
  }
  const closed = book.entries.filter(({ kind }) => kind === "close");
  expect(new Map(closed.map(({ requestId, attempt, nanoUsd }) => [`${requestId} ${attempt}`, nanoUsd]))).toEqual(bills);
  expect(closed).toHaveLength(sent);
  expect(sent).toBeGreaterThan(1.5 * requests);
  expect(await usage()).toEqual([
    { used: all, held: 0 },
    { used: requests, held: 0 },
  ]);
}, 600_000);
