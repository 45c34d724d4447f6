import { expect, test } from "vitest";
import { divideProcessors } from "./pin.ts";

test.each([
  [1, undefined],
  [2, { measured: "1", others: "0", all: "0-1" }],
  [8, { measured: "7", others: "0-6", all: "0-7" }],
])("of %i processors what is measured has one for itself", (count, divided) => {
  expect(divideProcessors(count)).toEqual(divided);
});
