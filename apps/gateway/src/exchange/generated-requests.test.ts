import { readFileSync } from "node:fs";
import { costOf, type PriceRow } from "@drawbridge/providers/models";
import { messagesClient } from "@drawbridge/translator";
import { encode as encodeCl100k } from "gpt-tokenizer/encoding/cl100k_base";
import { encode as encodeO200k } from "gpt-tokenizer/encoding/o200k_base";
import { expect, test } from "vitest";
import { type KnownPlace, requestBound } from "./request-bound.ts";

const requests = process.env["DRAWBRIDGE_CAMPAIGN"] === "1" ? 50_000 : 200;
const page = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
/** What agents read and write mostly, and what their users may speak beside English. */
const usual: readonly string[] = [
  page("../../../../docs/governance.md"),
  page("../../../../CONTRIBUTING.md"),
  page("./attempt-account.ts"),
  page("./request-bound.ts"),
  page("../../package.json").repeat(4),
  Array.from(
    { length: 400 },
    (_, line) => `${line + 1}\t  at step (${line * 7}:${line % 80}) 2026-11-30T09:${line % 60}:00Z`,
  ).join("\n"),
];
const rare: readonly string[] = [
  Buffer.from(page("./attempt-account.ts")).toString("base64"),
  "Der Vertrag gilt, solange niemand ihn kündigt; für Änderungen genügt ein Brief. ".repeat(60),
  "Собрание решило отложить вопрос до следующей недели, потому что ответа ещё нет. ".repeat(60),
  "会议决定把这个问题推迟到下周，因为还没有收到答复，也没有人知道什么时候会有。".repeat(60),
  "ที่ประชุมมีมติเลื่อนเรื่องนี้ออกไปเป็นสัปดาห์หน้า เพราะยังไม่ได้รับคำตอบจากผู้เกี่ยวข้อง ".repeat(40),
  "बैठक ने इस प्रश्न को अगले सप्ताह तक टालने का निर्णय लिया क्योंकि अभी तक कोई उत्तर नहीं आया है। ".repeat(40),
  "🚀✨ done 👍🏽 → next ✅ ".repeat(80),
];

interface Piece {
  readonly text: string;
  /** By the vocabulary that needs the most. Put together they need no more than their sum. */
  readonly tokens: number;
}

function piecesOf(sources: readonly string[]): readonly Piece[] {
  return sources.flatMap((source) => {
    const cut = [300, 900, 2_400, 5_000].map((length) => Array.from(source).slice(0, length).join(""));
    return cut.map((text) => ({ text, tokens: Math.max(encodeO200k(text).length, encodeCl100k(text).length) }));
  });
}

const usualPieces = piecesOf(usual);
const rarePieces = piecesOf(rare);
/** Instructions of an agent. */
const [, , , instructions] = usualPieces;

/** Random numbers that are the same in each run. */
class Chance {
  #state = 20_261_130;

  get next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next * limit);
  }

  of<One>(all: readonly One[]): One {
    const one = all[this.below(all.length)];
    if (one === undefined) throw new Error("nothing to choose from");
    return one;
  }
}

const chance = new Chance();

/** Prices with everything that makes a request dearer: writes for an hour, long inputs, tiers, searches. */
function rowOf(): PriceRow {
  const input = 100_000_000 * (1 + chance.below(150));
  const rates = (times: number) => ({
    input: times * input,
    cacheRead: (times * input) / 10,
    cacheWrite5m: times * 1.25 * input,
    cacheWrite1h: times * 2 * input,
    output: times * 5 * input,
  });
  const long = { aboveInputTokens: 10_000 + chance.below(200_000), rates: rates(2) };
  return {
    bands:
      chance.next < 0.5
        ? [{ aboveInputTokens: -1, rates: rates(1) }]
        : [{ aboveInputTokens: -1, rates: rates(1) }, long],
    perRequestNanoUsd: chance.next < 0.2 ? 5_000_000 : 0,
    perWebSearchNanoUsd: 10_000_000,
    tiers: { fast: 2_000, us: 1_100 },
  };
}

/** A request as agents make it, and what its input comes to at the most by what providers publish. */
function requestOf(isStrict: boolean) {
  let tokens = 346;
  const told = (piece = chance.of(chance.next < 0.1 ? rarePieces : usualPieces)): string => {
    tokens += piece.tokens + 4;
    return piece.text;
  };
  const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0K".repeat(1_000) } };
  const document = {
    type: "document",
    source: { type: "base64", media_type: "application/pdf", data: "JVBERi0x".repeat(1_000) },
  };
  const hasMedia = chance.next < 0.15;
  const content = (): unknown[] => {
    const parts: unknown[] = [{ type: "text", text: told() }];
    if (!hasMedia || chance.next < 0.5) return parts;
    tokens += 200 + chance.below(4_584);
    parts.push(image);
    if (!isStrict || chance.next < 0.5) return parts;
    tokens += 3_000 * (1 + chance.below(20));
    parts.push(document);
    return parts;
  };
  const tools = Array.from({ length: chance.below(25) }, (_, index) => {
    const tool = {
      name: `tool_${index}`,
      description: told(),
      input_schema: { type: "object", properties: { path: { type: "string" } } },
    };
    tokens += 60;
    return tool;
  });
  const messages = Array.from({ length: 1 + 2 * chance.below(8) }, (_, index) =>
    index % 2 === 0 ? { role: "user", content: content() } : { role: "assistant", content: told() },
  );
  const isSearching = chance.next < 0.1;
  const search = { type: "web_search_20250305", name: "web_search" };
  const maxTokens = 1 + chance.below(64_000);
  const body = {
    model: "m",
    max_tokens: maxTokens,
    system: [{ type: "text", text: told(instructions), cache_control: { type: "ephemeral", ttl: "1h" } }],
    ...(chance.next < 0.3 && maxTokens > 2_000 && { thinking: { type: "enabled", budget_tokens: maxTokens - 1_000 } }),
    tools: isSearching ? [...tools, search] : tools,
    messages,
    ...(chance.next < 0.2 && { speed: "fast" }),
    ...(chance.next < 0.2 && { inference_geo: "us" }),
  };
  const webSearchRequests = isSearching ? chance.below(9) : 0;
  return { body, tokens: tokens + 10_000 * webSearchRequests, webSearchRequests, maxTokens };
}

/** How many bounds are below what the request costs at one of its places. */
function tooLow(isStrict: boolean): number {
  let below = 0;
  for (let index = 0; index < requests; index++) {
    const { body, tokens, webSearchRequests, maxTokens } = requestOf(isStrict);
    const places: KnownPlace[] = Array.from({ length: 1 + chance.below(3) }, () => ({
      facts: { contextWindow: 400_000 },
      prices: [rowOf()],
    }));
    const call = messagesClient.decodeRequest(new TextEncoder().encode(JSON.stringify(body)), { createdAtSeconds: 0 });
    const bound = requestBound({ call, client: messagesClient.name, isStrict }, places);
    const input = Math.min(tokens, 400_000);
    const written = chance.below(input);
    const usage = {
      inputTokens: input - written,
      cacheReadTokens: 0,
      cacheWrite5mTokens: 0,
      cacheWrite1hTokens: written,
      outputTokens: maxTokens,
      webSearchRequests,
      tiers: call.tiers,
    };
    const cost = Math.max(...places.flatMap(({ prices }) => prices.map((price) => costOf(price, usage).nanoUsd)));
    if (bound.nanoUsd(maxTokens) < cost) below += 1;
  }
  return below;
}

test(`L-13: of ${requests} requests that are held strictly none costs more than its bound`, () => {
  expect(tooLow(true)).toBe(0);
}, 600_000);

test(`L-13: of ${requests} that are held by an estimate at most one in a thousand does`, () => {
  expect(tooLow(false)).toBeLessThanOrEqual(Math.max(1, requests / 1_000));
}, 600_000);
