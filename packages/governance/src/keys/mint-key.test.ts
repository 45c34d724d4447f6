import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { isGovernanceError } from "../errors.ts";
import { mintKey } from "./mint-key.ts";

test("a key carries 192 bits behind a prefix that scanners know", () => {
  expect(mintKey((bytes) => new Uint8Array(bytes))).toBe(`sk-db-${"A".repeat(32)}`);
  expect(mintKey((bytes) => new Uint8Array(bytes).fill(255))).toBe(`sk-db-${"_".repeat(32)}`);
});

test("every bit of chance reaches the key", () => {
  for (let round = 0; round < 200; round++) {
    const bytes = randomBytes(24);
    const key = mintKey(() => bytes);
    expect(Buffer.from(key.slice("sk-db-".length), "base64url")).toEqual(bytes);
  }
});

test("refuses to mint from a source that gives too little", () => {
  expect(() => mintKey(() => new Uint8Array(8))).toThrow(/gave 8 bytes/);
});

test("the guard tells governance's errors from others", () => {
  let thrown: unknown;
  try {
    mintKey(() => new Uint8Array());
  } catch (error) {
    thrown = error;
  }
  expect(isGovernanceError(thrown)).toBe(true);
  expect(isGovernanceError(new Error("other"))).toBe(false);
});
