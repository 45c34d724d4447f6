import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import loadWabt from "wabt";
import { containerScan } from "./container-scan.ts";
import { containerScanModule } from "./container-scan-module.ts";
import { fourBytes, JsonScanner } from "./json-scanner.ts";

vi.stubGlobal("WebAssembly", undefined);
vi.resetModules();
const { JsonScanner: PlainScanner } = await import("./json-scanner.ts");
vi.unstubAllGlobals();

/** What a scanner makes of a text. */
function found(Scanner: typeof JsonScanner, text: string): unknown {
  const scanner = new Scanner(new TextEncoder().encode(text), [fourBytes("thin"), fourBytes("imag")]);
  try {
    return { end: scanner.skipValue(0), seen: scanner.seen };
  } catch (error) {
    return String(error);
  }
}

function agree(text: string): void {
  expect(found(JsonScanner, text)).toEqual(found(PlainScanner, text));
}

/** Where windows of a container that begins at 0 end. */
const windowEnds = [2_048, 6_144];

describe("a scan of containers in WebAssembly", () => {
  test("is what its source says", async () => {
    const source = readFileSync(new URL("container-scan.wat", import.meta.url), "utf8");
    const { buffer } = (await loadWabt()).parseWat("container-scan.wat", source).toBinary({});
    expect(containerScanModule).toBe(Buffer.from(buffer).toString("base64"));
  });

  test("is there where WebAssembly is, and not where it is not", () => {
    expect(containerScan()).toBeDefined();
    vi.stubGlobal("WebAssembly", undefined);
    expect(containerScan()).toBeUndefined();
    vi.unstubAllGlobals();
  });

  test("finds what the scanner alone finds, wherever its windows end", () => {
    const pieces = ['"a"', '"thinking"', '{"image":[[]]}', '"\\""', '"\\\\\\""', '"\\\\\\\\"', '"in\\\\\\"thin"', '""'];
    for (const end of windowEnds) {
      for (const piece of pieces) {
        for (let before = -24; before <= 8; before += 1) {
          agree(`["${"x".repeat(end + before)}",${piece},"thin","${"y".repeat(9_000)}"]`);
          agree(`["${"x".repeat(end + before)}",${piece}]`);
        }
      }
    }
  });

  test("finds what the scanner alone finds in any container, and refuses what that refuses, in the same words", () => {
    const word = fc.constantFrom(
      "thinking",
      "image",
      "\\",
      '"',
      '\\"',
      "{",
      "]",
      "",
      "x",
      "x".repeat(70),
      "é".repeat(700),
    );
    const value = fc.jsonValue({ maxDepth: 4, stringUnit: word.filter((text) => text !== "") });
    const damage = fc.option(fc.tuple(fc.nat(), fc.constantFrom("", '"', "\\", "{", "}", "[", "]")), {
      nil: undefined,
    });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.array(word), damage, (values, words, broken) => {
        const text = JSON.stringify([...values, words, "z".repeat(200), ...values]);
        if (broken === undefined) return agree(text);
        const at = broken[0] % text.length;
        return agree(text.slice(0, at) + broken[1] + text.slice(at + 1));
      }),
      { numRuns: 500 },
    );
  });

  test("notes every string there can be in a window", () => {
    agree(`[${'"thin"'.repeat(40_000)}]`);
  });

  test("goes as deep as the scanner alone", () => {
    const nested = (depth: number): string => `["${"x".repeat(5_000)}",${"[".repeat(depth)}${"]".repeat(depth)}]`;
    agree(nested(511));
    agree(nested(512));
  });

  test("takes no window for more than it has when bytes are part of a larger array", () => {
    const text = `["${"x".repeat(3_000)}","thin"]`;
    const around = new TextEncoder().encode(`"""${text}"""`);
    const scanner = new JsonScanner(around.subarray(3, 3 + text.length), [fourBytes("thin"), fourBytes("thin")]);
    expect(scanner.skipValue(0)).toBe(text.length);
    expect(scanner.seen).toEqual([text.length - 7]);
  });
});
