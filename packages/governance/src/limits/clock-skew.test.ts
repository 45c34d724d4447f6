import { expect, test } from "vitest";
import { ClockSkew } from "./clock-skew.ts";

test("a skew is as near as the quickest answers tell, and follows a clock that is set", () => {
  const skew = new ClockSkew();
  expect(skew.ms).toBe(0);
  skew.heard({ sentMs: 1_000, receivedMs: 1_010, storeMs: 301_004 });
  expect(skew.ms).toBe(299_994);
  // One that stood still for three seconds on its way says nothing that is not known.
  skew.heard({ sentMs: 2_000, receivedMs: 5_000, storeMs: 302_003 });
  expect(skew.ms).toBe(299_994);
  skew.heard({ sentMs: 6_000, receivedMs: 6_001, storeMs: 306_000 });
  expect(skew.ms).toBe(299_999);
  skew.heard({ sentMs: 306_500, receivedMs: 306_502, storeMs: 306_501 });
  expect(Math.abs(skew.ms)).toBeLessThanOrEqual(1);
  skew.heard({ sentMs: 400_000, receivedMs: 100_000, storeMs: 400_001 });
  expect(Math.abs(skew.ms)).toBeLessThanOrEqual(1);
});
