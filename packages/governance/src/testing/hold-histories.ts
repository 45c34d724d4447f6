import fc from "fast-check";
import type { HeldLimit, HoldRecord } from "../limits/hold-record.ts";

/** Where the holds of histories count. */
export const partition = "customer acme";
/** A budget that counts by the month. */
export const money: HeldLimit = {
  meter: '["customer acme","nanoUsd","month UTC"]',
  of: "nanoUsd",
  window: "calendar",
  amount: 1e9,
  startMs: Date.parse("2026-11-01T00:00:00Z"),
  endMs: Date.parse("2026-12-01T00:00:00Z"),
};
/** A budget of tokens that counts for ever. */
export const total: HeldLimit = {
  meter: '["key alice","totalTokens","total"]',
  of: "totalTokens",
  window: "total",
  amount: 5e6,
  startMs: 0,
  endMs: undefined,
};
const parallel: HeldLimit = {
  ...total,
  meter: '["key alice","requests","parallel"]',
  of: "requests",
  window: "parallel",
  amount: 4,
};
const size: HeldLimit = {
  ...total,
  meter: '["key alice","outputTokens","request"]',
  of: "outputTokens",
  window: "request",
};
const atMs = Date.parse("2026-11-25T12:00:00Z");

/** A hold, as it began unless told otherwise. */
export const recordOf = (id: string, more: Partial<HoldRecord>): HoldRecord => ({
  id,
  partition,
  state: "held",
  atMs,
  seq: 1,
  demand: { nanoUsd: 100, inputTokens: 20, outputTokens: 10 },
  used: undefined,
  limits: [money, total, parallel, size],
  ...more,
});
/** Steps that a hold takes: begun, grown, and ended in some way or not. */
export const histories = fc.array(
  fc.record({
    grown: fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 3 }),
    ends: fc.subarray(["lapsed", "expired", "closed"] as const),
    charged: fc.option(fc.record({ requests: fc.constant(1 as const), ...amounts(200) }), { nil: undefined }),
    used: fc.record({ requests: fc.constantFrom(0 as const, 1 as const), ...amounts(200) }),
  }),
  { minLength: 1, maxLength: 6 },
);

function amounts(max: number) {
  const amount = fc.integer({ min: 0, max });
  return { nanoUsd: amount, inputTokens: amount, outputTokens: amount };
}

/** The records that histories leave, each whole. */
export function stepsOf(history: typeof histories extends fc.Arbitrary<infer Value> ? Value : never): HoldRecord[] {
  let seq = 0;
  return history.flatMap(({ grown, ends, charged, used: taken }, index) => {
    let record = recordOf(`${index}`, { seq: (seq += 1) });
    const steps = [record];
    for (const more of grown) {
      const demand = { ...record.demand, nanoUsd: record.demand.nanoUsd + more };
      steps.push((record = { ...record, seq: (seq += 1), demand }));
    }
    for (const state of ends) {
      steps.push(
        (record = {
          ...record,
          state,
          seq: (seq += 1),
          used: { closed: taken, expired: charged, lapsed: undefined }[state],
        }),
      );
    }
    return steps;
  });
}
