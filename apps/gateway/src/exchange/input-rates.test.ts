import { estimateTokens } from "@drawbridge/translator";
import { expect, test } from "vitest";
import { InputRates } from "./input-rates.ts";
import { Latest } from "./latest.ts";
import { sentRequest } from "./sent-request.ts";

const prose = "The gate was lowered at dusk and nobody who came after it was let in. ";
const tools = prose.repeat(600);
const bytesOf = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
/** As translated requests are written, which grow at their end, and as Claude Code's are, which grow in the middle. */
const translated = (said: string, offered = tools): Uint8Array => bytesOf({ tools: offered, messages: said });
const native = (said: string): Uint8Array => bytesOf({ messages: said, tools });

function rates() {
  const inputs = new InputRates(new Latest());
  const sent = (body: Uint8Array, session: string | undefined) => inputs.look(sentRequest(body, session), body);
  return {
    learn: (body: Uint8Array, session: string | undefined, tokens: number) => inputs.learn(sent(body, session), tokens),
    most: (body: Uint8Array, session: string | undefined) => inputs.most(sent(body, session)),
  };
}

test("a request comes to what the one before it in its session came to, and what has been added", () => {
  const { learn, most } = rates();
  learn(translated("hi"), "s", 9_000);
  expect(most(translated("hi"), "s")).toBe(9_000);
  const added = (text: string): number => (most(translated(`hi${text}`), "s") ?? 0) - 9_000;
  expect(added(prose.repeat(40)) / estimateTokens(prose.repeat(40))).toBeCloseTo(1, 0);
  // As dense as it is.
  expect(added("17.25, 98, 44.5, ".repeat(99))).toBeGreaterThan(2.5 * added(prose.repeat(24)));
  expect(added("\u9580\u5728\u9ec4".repeat(300))).toBeGreaterThan(300 * 3);
});

test("what was added in the middle is taken for as dense as it may be", () => {
  const { learn, most } = rates();
  learn(native("hi"), "s", 9_000);
  const added = native(`hi${prose}`).length - native("hi").length;
  expect(most(native(`hi${prose}`), "s")).toBe(Math.ceil(9_000 + 0.4 * added));
});

test("one that is shorter, much longer, of another session or with other tools has grown from none", () => {
  const { learn, most } = rates();
  learn(translated(prose.repeat(9)), "s", 9_000);
  expect(most(translated(prose.repeat(8)), "s")).toBeUndefined();
  expect(most(translated(prose.repeat(900)), "s")).toBeUndefined();
  expect(most(translated(prose.repeat(9)), "t")).toBeUndefined();
  expect(most(translated(prose.repeat(9)), undefined)).toBeUndefined();
  expect(most(translated(prose.repeat(9), tools.toUpperCase()), "s")).toBeUndefined();
});

test("requests with the same instructions and tools tell what others of about their length come to, all what any does", () => {
  const { learn, most } = rates();
  const { length } = translated(prose);
  for (let answer = 0; answer < 4; answer++) learn(translated(prose), `s${answer}`, length * 0.2);
  expect(most(translated(prose), "new")).toBe(Math.ceil(length * 0.2 * 1.02));
  const other = translated(prose, `x${prose.repeat(500)}`);
  expect(most(other, "new")).toBeUndefined();
  for (let answer = 0; answer < 4; answer++) learn(other, `t${answer}`, other.length * 0.3);
  expect(most(translated(prose), "new")).toBe(Math.ceil(length * 0.2 * 1.02));
  const longer = translated(prose.repeat(200));
  expect(most(longer, "new")).toBe(Math.ceil(longer.length * 0.3 * 1.02));
});
