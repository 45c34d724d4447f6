import { randomFillSync } from "node:crypto";
import { expect, test } from "vitest";
import { createIdMinter } from "./id-minter.ts";

test("ids say what they are of, are 128 random bits long and never the same", () => {
  const mint = createIdMinter(randomFillSync);
  const ids = Array.from({ length: 2_000 }, () => mint("req"));
  for (const id of ids) expect(id).toMatch(/^req_[0-9a-f]{32}$/);
  expect(new Set(ids).size).toBe(ids.length);
  expect(mint("msg")).toMatch(/^msg_/);
});

test("every random byte is used once", () => {
  let filled = 0;
  const mint = createIdMinter((bytes) => bytes.forEach((_, at) => (bytes[at] = filled++ >> 4)));
  const seen = Array.from({ length: 512 }, () => mint("req").slice("req_".length));
  const expected = seen.map((_, id) => (id & 255).toString(16).padStart(2, "0").repeat(16));
  expect(seen).toEqual(expected);
});
