import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret } from "./secret.ts";

test("cannot be printed in any usual way", () => {
  const secret = new Secret("sk-123");
  const printed = [
    ["a", secret].join(),
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true, depth: 9 }),
    inspect(secret),
    JSON.stringify(structuredClone({ secret })),
    Object.getOwnPropertyNames(secret).join(),
  ].join("\n");
  expect(printed).not.toContain("sk-123");
  expect(printed).toContain("[secret]");
});

test("reveals what it holds when asked", () => {
  expect(new Secret("sk-123").reveal()).toBe("sk-123");
});
