import { expect, test } from "vitest";
import { unseenOutput } from "./unseen-output.ts";

test("what is on its way is counted at the usual speed until another was shown", () => {
  expect(unseenOutput({ written: 50, writtenMs: 100, silentMs: 0 })).toBe(30);
  expect(unseenOutput({ written: 50, writtenMs: 100, silentMs: 0 }, 0.05)).toBe(8);
});

test("it is more the faster the answer was, and the longer nothing was heard", () => {
  expect(unseenOutput({ written: 4_000, writtenMs: 2_000, silentMs: 0 })).toBe(300);
  expect(unseenOutput({ written: 40_000, writtenMs: 2_000, silentMs: 0 })).toBe(450);
  expect(unseenOutput({ written: 100, writtenMs: 2_000, silentMs: 1_000 })).toBe(58);
});

test("an answer that is slow at first may be as fast as others of late", () => {
  expect(unseenOutput({ written: 100, writtenMs: 2_000, silentMs: 0 }, 0.1)).toBe(15);
});
