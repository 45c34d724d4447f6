import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { hmacKeyHasher } from "./hmac-key-hasher.ts";

// RFC 4231, test case 1.
test("digests are HMAC-SHA-256", () => {
  const expected = Buffer.from("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7", "hex");
  expect(hmacKeyHasher(new Uint8Array(20).fill(0x0b)).digest("Hi There")).toBe(expected.toString("base64url"));
});

// RFC 4231, test case 6.
test("a hash key longer than a block is hashed itself", () => {
  const expected = Buffer.from("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54", "hex");
  const hasher = hmacKeyHasher(new Uint8Array(131).fill(0xaa));
  expect(hasher.digest("Test Using Larger Than Block-Size Key - Hash Key First")).toBe(expected.toString("base64url"));
});

test("digests of tokens of any length are those of an HMAC object", () => {
  const key = new Uint8Array(32).fill(7);
  const hasher = hmacKeyHasher(key);
  for (const token of [
    "",
    "é",
    "x".repeat(63),
    "x".repeat(64),
    "x".repeat(1_000),
    "€".repeat(170),
    "€".repeat(171),
    "x",
  ]) {
    expect(hasher.digest(token)).toBe(createHmac("sha256", key).update(token).digest("base64url"));
  }
});

test("what was presented before on a connection changes no digest", () => {
  const plain = hmacKeyHasher(new Uint8Array(32).fill(7));
  const hasher = hmacKeyHasher(new Uint8Array(32).fill(7));
  const connections = [{}, {}];
  const tokens = ["sk-db-one", "sk-db-one", "sk-db-two", "sk-db-on", "sk-db-one", "", "é", "\u0000sk"];
  for (const token of [...tokens, ...tokens.toReversed()]) {
    for (const connection of connections) expect(hasher.digest(token, connection)).toBe(plain.digest(token));
  }
});

test("a hash key may have any length from 16 bytes on", () => {
  for (const length of [16, 63, 64, 65, 128]) {
    const key = new Uint8Array(length).fill(9);
    expect(hmacKeyHasher(key).digest("x")).toBe(createHmac("sha256", key).update("x").digest("base64url"));
  }
});

test("refuses a hash key that could be guessed", () => {
  expect(() => hmacKeyHasher(new Uint8Array(15))).toThrow(/at least 16/);
});
