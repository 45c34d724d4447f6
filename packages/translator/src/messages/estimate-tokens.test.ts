import { readFileSync } from "node:fs";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, test } from "vitest";
import { estimateTokens } from "./estimate-tokens.ts";

const source = readFileSync(new URL("estimate-tokens.ts", import.meta.url), "utf8");
const scanner = readFileSync(new URL("../json/json-scanner.ts", import.meta.url), "utf8");
const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");

/** The same numbers in every run. */
function pseudoRandomBytes(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state >>> 16;
  });
}

const random = Buffer.from(pseudoRandomBytes(6_000));
const tool = {
  name: "mcp__tracker__search_issues",
  description: "Searches the issues of a project and returns at most `limit` of them, newest first.",
  input_schema: {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: {
      query: { type: "string", description: "Words that the title or the text must contain" },
      limit: { type: "integer", exclusiveMinimum: 0, maximum: 9_007_199_254_740_991, default: 50 },
      state: { type: "string", enum: ["open", "closed", "all"] },
    },
    required: ["query"],
    additionalProperties: false,
  },
};

const texts: Record<string, string> = {
  English: `The history of the lighthouse begins long before electricity. Keepers climbed the stairs each night with oil and wick, and they wrote in a ledger what the weather had done to the glass. "I don't know," she answered, "whether we'll be back before winter." The report of 1927 recommended that 14 of the 31 stations be automated.`,
  German:
    "Die Geschichte des Leuchtturms beginnt lange vor der Elektrizität. Die Wärter stiegen jede Nacht mit Öl und Docht die Treppe hinauf und schrieben in ein Buch, was das Wetter mit dem Glas gemacht hatte.",
  Russian:
    "История маяка начинается задолго до электричества. Смотрители каждую ночь поднимались по лестнице с маслом и фитилём.",
  Chinese:
    "这座灯塔的历史早在电力出现之前就开始了。守塔人每天晚上带着油和灯芯爬上楼梯，在账簿上记下天气对玻璃造成的影响。",
  Japanese:
    "灯台の歴史は電気よりもずっと前に始まる。番人は毎晩油と芯を持って階段を上り、天気が硝子に何をしたかを書いた。",
  Korean: "등대의 역사는 전기보다 훨씬 이전에 시작되었다. 등대지기는 매일 밤 기름과 심지를 들고 계단을 올랐다.",
  TypeScript: source,
  "numbered lines": scanner
    .split("\n")
    .map((line, index) => `${String(index + 1).padStart(6)}\t${line}`)
    .join("\n"),
  Go: 'func (s *Server) handle(w http.ResponseWriter, r *http.Request) error {\n\tctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)\n\tdefer cancel()\n\tif err := s.store.Save(ctx, &Item{Name: r.FormValue("name")}); err != nil {\n\t\treturn fmt.Errorf("save: %w", err)\n\t}\n\treturn nil\n}\n',
  "formatted JSON": manifest,
  "tool schemas": JSON.stringify([tool, tool]),
  "shell log":
    "2026-11-22T12:00:07.412Z INFO [http-3] GET /api/v1/users/48213 200 17ms\n2026-11-22T12:00:08.031Z WARN [http-1] POST /api/v1/orders 429 2ms\n",
  HTML: '<div class="container mx-auto"><ul id="nav"><li><a href="https://example.com/about?x=1">About us</a></li></ul></div>\n',
  paths:
    "/home/alice/work/billing-service/internal/handlers/invoice_test.go:118:14: undefined: newLedger\n./cmd/reconcile/main.go:42:7: imported and not used\n",
  base64: random.toString("base64"),
  hexadecimal: random.toString("hex"),
  numbers: Array.from(random, (byte, index) => byte * 4_001 + index).join(", "),
  "indented blanks": Array.from({ length: 200 }, (_, index) => `${" ".repeat(index % 40)}x`).join("\n"),
  emoji: "🎉🚀✅❌ done 🔥 ok 👩‍👩‍👧 flags 🇩🇪 ",
};

describe("estimateTokens", () => {
  test.each(Object.keys(texts))("CT-02: is at most 3 percent below and 45 percent above o200k on %s", (name) => {
    const text = texts[name] ?? "";
    const truth = encode(text).length;
    const ratio = estimateTokens(text) / truth;
    expect(ratio).toBeGreaterThan(0.97);
    expect(ratio).toBeLessThan(1.45);
  });

  test("CT-02: is some 20 percent above o200k at the median, which is where Claude's own vocabulary begins", () => {
    const ratios = Object.values(texts)
      .map((text) => estimateTokens(text) / encode(text).length)
      .toSorted((a, b) => a - b);
    const median = ratios[Math.floor(ratios.length / 2)];
    expect(median).toBeGreaterThan(1.12);
    expect(median).toBeLessThan(1.3);
  });

  test("is 0 for nothing and never 0 for something", () => {
    expect(estimateTokens("")).toBe(0);
    for (const text of ["a", "?", "1", "\n", "é", "\ud83d"]) expect(estimateTokens(text)).toBeGreaterThan(0);
  });

  test("grows by about the same when a text is repeated", () => {
    const once = estimateTokens(source);
    expect(estimateTokens(source.repeat(10)) / once).toBeCloseTo(10, 1);
  });
});
