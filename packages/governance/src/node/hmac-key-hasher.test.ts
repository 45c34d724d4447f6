import { expect, test } from "vitest";
import { hmacKeyHasher } from "./hmac-key-hasher.ts";

// RFC 4231, test case 1.
test("digests are HMAC-SHA-256", () => {
  const expected = Buffer.from("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7", "hex");
  expect(hmacKeyHasher(new Uint8Array(20).fill(0x0b)).digest("Hi There")).toBe(expected.toString("base64url"));
});

test("refuses a hash key that could be guessed", () => {
  expect(() => hmacKeyHasher(new Uint8Array(15))).toThrow(/at least 16/);
});
