import {
  type Book,
  compileDirectory,
  createGovernance,
  type LedgerEntry,
  limitScope,
  memoryBook,
  memoryLimitStore,
} from "@drawbridge/governance";
import { flatRow } from "@drawbridge/providers/models";
import {
  anthropicMessages,
  bedrockConverse,
  type Dialect,
  gemini,
  type Metered,
  noUsage,
  openaiChat,
  openaiResponses,
  readEnvelope,
} from "@drawbridge/translator";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LeasedAccount } from "./attempt-account.ts";
import type { RequestRates } from "./token-rates.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const answers = isCampaign ? 100_000 : 2_000;
const [inputPrice, outputPrice] = [3_000, 15_000];
const price = flatRow({ input: inputPrice * 1e6, output: outputPrice * 1e6 });
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** What a provider says that it has counted; left out where undefined. */
interface Told {
  readonly input: unknown;
  readonly output: unknown;
  readonly cached: unknown;
}

/** A whole answer of each dialect with these counts. */
const wires: readonly (readonly [Dialect, (told: Told) => unknown])[] = [
  [
    anthropicMessages,
    ({ input, output, cached }) => ({
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "m",
      stop_reason: "end_turn",
      stop_sequence: null,
      content: [{ type: "text", text: "four" }],
      usage: { input_tokens: input, output_tokens: output, cache_read_input_tokens: cached },
    }),
  ],
  [
    openaiChat,
    ({ input, output, cached }) => ({
      id: "c1",
      object: "chat.completion",
      created: 0,
      model: "m",
      choices: [{ index: 0, message: { role: "assistant", content: "four" }, finish_reason: "stop" }],
      usage: { prompt_tokens: input, completion_tokens: output, prompt_tokens_details: { cached_tokens: cached } },
    }),
  ],
  [
    openaiResponses,
    ({ input, output, cached }) => ({
      id: "r1",
      object: "response",
      status: "completed",
      model: "m",
      output: [{ type: "message", id: "m1", role: "assistant", content: [{ type: "output_text", text: "four" }] }],
      usage: { input_tokens: input, output_tokens: output, input_tokens_details: { cached_tokens: cached } },
    }),
  ],
  [
    gemini,
    ({ input, output, cached }) => ({
      candidates: [{ index: 0, content: { role: "model", parts: [{ text: "four" }] }, finishReason: "STOP" }],
      usageMetadata: { promptTokenCount: input, candidatesTokenCount: output, cachedContentTokenCount: cached },
    }),
  ],
  [
    bedrockConverse,
    ({ input, output, cached }) => ({
      output: { message: { role: "assistant", content: [{ text: "four" }] } },
      stopReason: "end_turn",
      usage: { inputTokens: input, outputTokens: output, cacheReadInputTokens: cached },
    }),
  ],
];

const request = bytesOf({ model: "m", max_tokens: 100, messages: [{ role: "user", content: "hi" }] });
const envelope = readEnvelope(request);
const context = { messageId: "msg_1", askedModel: "m" };

function meteredOf([dialect, write]: (typeof wires)[number], told: Told): Metered | undefined {
  const translation = dialect.translate({ body: request, envelope }, { model: "m" }, context);
  const answer = translation.answerWhole(bytesOf(write(told)), "application/json");
  return answer.ok ? answer.metered : undefined;
}

const sane = fc.integer({ min: 1, max: 100 });
/** What no request of this size can have come to, and what is no count at all. */
const absurd = fc.oneof(
  fc.integer({ min: -1_000_000, max: 0 }),
  fc.constantFrom<unknown>(
    -1e308,
    1e308,
    9e15,
    2 ** 53,
    -0.5,
    "many",
    "",
    null,
    true,
    [],
    [7],
    {},
    undefined,
    Number.NaN,
  ),
  fc.double({ min: 1e9, noNaN: true, noDefaultInfinity: true }),
);
const fraction = fc.double({ min: 1, max: 100, noNaN: true });
const told: fc.Arbitrary<Told> = fc.oneof(
  fc.record({ input: sane, output: sane, cached: fc.constant(undefined) }),
  fc.record({ input: absurd, output: sane, cached: fc.constant(undefined) }),
  fc.record({ input: sane, output: absurd, cached: fc.constant(undefined) }),
  fc.record({ input: fc.oneof(absurd, fraction), output: fc.oneof(absurd, fraction), cached: absurd }),
);
const isSane = (count: unknown): boolean => typeof count === "number" && count >= 1 && count <= 100;

function world() {
  const clock = (): number => 0;
  const limits = memoryLimitStore({ clock });
  let last: LedgerEntry | undefined;
  const book: Book = {
    ...memoryBook(),
    async append(entries) {
      // It takes what a book takes, but keeps no hundred thousand of them.
      await memoryBook().append(entries);
      last = entries.at(-1);
    },
  };
  const window = { kind: "total" } as const;
  const scope = limitScope({
    id: "key a",
    limits: (["nanoUsd", "inputTokens", "outputTokens"] as const).map((of) => ({ of, amount: 9e15, window })),
  });
  let made = 0;
  const governance = createGovernance({
    snapshot: () => ({ directory: compileDirectory({}, { hasher: { digest: (token) => token } }) }),
    limits,
    book,
    clock,
    newId: () => `r${(made += 1)}`,
  });
  const holder = { keyId: "k", keyName: "a", tags: {}, partition: "", scopes: [scope], scopesAt: () => [] };
  const used = async () => (await limits.usage(scope)).map((usage) => usage.used);
  return { clock, last: () => last, governance, holder, used };
}

/** What may be believed is, exactly; what cannot be is flagged; and whatever it is can be added up. */
function judge(
  { nanoUsd, source }: LedgerEntry,
  usage: NonNullable<LedgerEntry["usage"]>,
  { input, output, cached }: Told,
): void {
  for (const count of [nanoUsd, ...Object.values(usage)]) expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
  expect(nanoUsd).toBeLessThanOrEqual(bound.nanoUsd(100));
  const counts = [input, output];
  if (!counts.every(isSane)) expect(source).toBe("estimated");
  else if (cached === undefined && counts.every(Number.isInteger)) {
    expect([source, usage.inputTokens, usage.outputTokens]).toEqual(["final", input, output]);
  }
}

const bound = {
  inputTokens: 100,
  mostInputTokens: 100,
  chargedInputTokens: 100,
  hasMedia: false,
  outputTokens: 100,
  nanoUsd: (output: number) => 100 * inputPrice + output * outputPrice,
};
const unknownRequests: RequestRates = { look: (sent) => sent, most: () => undefined };
const rates = {
  learn: () => undefined,
  sent: unknownRequests,
  asked: unknownRequests,
  mostOutput: ({ tokens }: { readonly tokens: number }) => tokens,
  speed: undefined,
};

test(`L-15: of ${answers} answers none is believed to have used what it cannot have, and nothing counted goes down`, async () => {
  const { clock, last, governance, holder, used } = world();
  let before = await used();
  const seen = { final: 0, estimated: 0 };
  const property = fc.asyncProperty(fc.constantFrom(...wires), told, async (wire, counts) => {
    const admission = await governance.admit({ holder, modelAsked: "m", bound });
    if (!admission.allowed) throw new Error(admission.reason);
    const attempt = await admission.value.attempt({ provider: "p", model: "m", credential: "c" });
    if (!attempt.allowed) throw new Error(attempt.reason);
    const parts = { attempt: attempt.value, price, bound, rates, clock, sessionId: undefined, delayMs: () => 0 };
    const account = new LeasedAccount({ ...parts, asked: undefined, isStreamed: false, isWrittenOn: false });
    account.sending(request);
    account.headed(200);
    // One that makes no sense at all is no answer, and counts as such.
    account.succeeded(meteredOf(wire, counts) ?? { usage: { ...noUsage, estimated: true }, stopReason: undefined });
    admission.value.settle();
    await governance.flush();
    const now = await used();
    now.forEach((sum, index) => {
      expect(Number.isSafeInteger(sum) && sum >= (before[index] ?? 0)).toBe(true);
    });
    before = now;
    const entry = last();
    if (entry?.kind !== "close" || entry.usage === undefined) throw new Error("an attempt that has not ended");
    judge(entry, entry.usage, counts);
    if (entry.source !== "partial") seen[entry.source] += 1;
  });
  await fc.assert(property, { numRuns: answers });
  expect(Math.min(seen.final, seen.estimated)).toBeGreaterThan(answers / 10);
}, 600_000);
