import { readFileSync } from "node:fs";

const source = readFileSync(new URL("../messages/estimate-tokens.ts", import.meta.url), "utf8");
const scanner = readFileSync(new URL("../json/json-scanner.ts", import.meta.url), "utf8");
const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
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

/** A text of every kind that requests of coding agents hold. */
export const sampleTexts: Record<string, string> = {
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
  Markdown: readme,
  Python:
    'def reconcile(entries: list[Entry], *, strict: bool = False) -> Ledger:\n    """Adds entries up, newest last."""\n    ledger = Ledger()\n    for index, entry in enumerate(sorted(entries, key=lambda e: e.posted_at)):\n        if entry.amount is None:\n            raise ValueError(f"entry {index} of {len(entries)} has no amount")\n        ledger.balances[entry.account] += entry.amount\n    return ledger if strict else ledger.without_zeros()\n',
  diff: 'diff --git a/src/ledger.ts b/src/ledger.ts\nindex 3f1c2ab..9d07e44 100644\n--- a/src/ledger.ts\n+++ b/src/ledger.ts\n@@ -41,7 +41,9 @@ export function postEntry(ledger: Ledger, entry: Entry): Ledger {\n   const balance = ledger.balances.get(entry.account) ?? 0;\n-  if (balance + entry.amount < 0) throw new LedgerError("overdrawn");\n+  if (balance + entry.amount < -ledger.limitOf(entry.account)) {\n+    throw new LedgerError("overdrawn", { account: entry.account });\n+  }\n   return { ...ledger, entries: [...ledger.entries, entry] };\n',
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
