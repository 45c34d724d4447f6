import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readEnvelope } from "../messages/read-envelope.ts";
import { fourBytes, JsonScanner } from "./json-scanner.ts";
import { RecurringContainers, type SameBytes } from "./recurring-containers.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const isSame: SameBytes = (one, other) => Buffer.compare(one, other) === 0;

/** Containers that know what has come, and how often bytes were compared for it. */
function counted(): { recurring: RecurringContainers; found: () => number } {
  let found = 0;
  const recurring = new RecurringContainers((one, other) => {
    const same = isSame(one, other);
    if (same) found += 1;
    return same;
  });
  return { recurring, found: () => found };
}

function skipped(recurring: RecurringContainers | undefined, bytes: Uint8Array, at: number): unknown {
  const scanner = new JsonScanner(bytes, [fourBytes("imag"), fourBytes("docu")]);
  try {
    return { end: recurring?.skip(scanner, at) ?? scanner.skipValue(at), seen: scanner.seen };
  } catch (error) {
    return String(error);
  }
}

/** A list of tools, large enough to be kept. */
function tools(name: string, bytes = 5_000): string {
  return JSON.stringify([{ name, description: "x".repeat(bytes), input_schema: { properties: { of: "image" } } }]);
}

const request = (list: string, question = "hi"): Uint8Array =>
  encode(`{"model":"m","messages":[{"role":"user","content":"${question}"}],"system":${list},"tools":${list}}`);

describe("a memory of containers", () => {
  test("says of a list that came before what a scan says, wherever the list stands this time", () => {
    const { recurring, found } = counted();
    const list = tools("Read");
    // Two of them in each request, the first of all by scanning.
    const founds = [1, 3, 5];
    for (const [index, question] of ["hi", "", "a longer question this time"].entries()) {
      const body = request(list, question);
      expect(readEnvelope(body, recurring)).toEqual(readEnvelope(body));
      expect(found()).toBe(founds[index]);
    }
  });

  test("says of any text what a scan says, in the same words, after texts that are nearly the same", () => {
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(3),
      put: fc.constantFrom("", "]", "}", '"', "\\", "[", ',"image"', "é"),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.option(edit)), { maxLength: 12 }), fc.nat(9), (texts, before) => {
        const recurring = new RecurringContainers(isSame);
        for (const [kind, change] of texts) {
          const list = tools("abc".slice(kind), 4_000 + kind);
          const from = change === null ? 0 : Math.floor(change.at * list.length);
          const changed = change === null ? list : list.slice(0, from) + change.put + list.slice(from + change.cut);
          const bytes = encode(" ".repeat(before) + changed + (kind === 0 ? "" : ",1"));
          expect(skipped(recurring, bytes, before)).toEqual(skipped(undefined, bytes, before));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("is not misled by a list that ends alike, or by one that goes on where the known one ends", () => {
    const { recurring, found } = counted();
    for (const list of [tools("Read"), tools("Edit"), tools("Read").replace("Read", "Reed")]) {
      expect(skipped(recurring, encode(list), 0)).toEqual(skipped(undefined, encode(list), 0));
    }
    expect(found()).toBe(0);
    for (const digits of ["1".repeat(5_000), "1".repeat(5_001)]) {
      expect(skipped(recurring, encode(digits), 0)).toEqual(skipped(undefined, encode(digits), 0));
    }
    const cut = encode(tools("Read")).subarray(0, -1);
    expect(skipped(recurring, cut, 0)).toBe(skipped(undefined, cut, 0));
    expect(skipped(recurring, cut, 0)).toContain("not valid");
  });

  test("holds copies: what becomes of a body changes nothing of what is known", () => {
    const { recurring, found } = counted();
    const body = encode(tools("Read"));
    skipped(recurring, body, 0);
    body.fill(0x20);
    skipped(recurring, encode(tools("Read")), 0);
    expect(found()).toBe(1);
  });

  test("keeps the 128 that came last and gives up the others", () => {
    const { recurring, found } = counted();
    const ask = (index: number): number => {
      const before = found();
      skipped(recurring, encode(tools(`tool-${index}`)), 0);
      return found() - before;
    };
    for (let index = 0; index < 128; index += 1) expect(ask(index)).toBe(0);
    for (let index = 0; index < 128; index += 1) expect(ask(index)).toBe(1);
    // One in eight of those that come when there is no room takes the place of the one that was asked for longest ago.
    for (let index = 128; index < 136; index += 1) expect(ask(index)).toBe(0);
    expect(ask(135)).toBe(1);
    expect(ask(1)).toBe(1);
    expect(ask(0)).toBe(0);
  });

  test("keeps no more than 8 MB, and nothing of less than 4 KB or more than 256 KB", () => {
    const { recurring, found } = counted();
    for (const bytes of [3_000, 300_000]) {
      skipped(recurring, encode(tools("Read", bytes)), 0);
      skipped(recurring, encode(tools("Read", bytes)), 0);
    }
    expect(found()).toBe(0);
    const large = Array.from({ length: 80 }, (_, index) => encode(tools(`tool-${index}`, 200_000)));
    for (const list of large) skipped(recurring, list, 0);
    for (const list of large) skipped(recurring, list, 0);
    expect(found()).toBeGreaterThan(20);
    expect(found()).toBeLessThanOrEqual(41);
  });
});
