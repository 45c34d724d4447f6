import { expect, test } from "vitest";
import { compileDirectory } from "../directory/compile-directory.ts";
import { hmacKeyHasher } from "../node/hmac-key-hasher.ts";
import { cautiousDirectory } from "./cautious-directory.ts";
import type { DirectoryTrust } from "./follow-directory.ts";

const hasher = hmacKeyHasher(new Uint8Array(32).fill(5));
const key = (name: string, more = {}) => ({ name, digest: hasher.digest(name), ...more });
const directory = compileDirectory({ keys: [key("known"), key("disabled", { disabled: true })] }, { hasher });

test.each<[DirectoryTrust, string, string | true]>([
  ["current", "known", true],
  ["current", "unknown", "unknown-key"],
  ["current", "disabled", "disabled-key"],
  ["cut-off", "known", true],
  ["cut-off", "unknown", "unconfirmed-key"],
  ["cut-off", "disabled", "disabled-key"],
  ["cut-off", "", "missing-key"],
  ["outdated", "known", "unconfirmed-key"],
  ["outdated", "unknown", "unconfirmed-key"],
  ["outdated", "disabled", "disabled-key"],
])('while it is %s, the key "%s" gets %s', (trust, token, expected) => {
  const decision = cautiousDirectory(directory, () => trust).authenticate([token], { address: undefined, atMs: 0 });
  expect(decision.allowed || decision.code).toBe(expected);
});
