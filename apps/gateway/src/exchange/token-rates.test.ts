import { expect, test } from "vitest";
import { createTokenRates } from "./token-rates.ts";

test("of what a model makes of bytes the most of the latest answers is known, once there were some", () => {
  const rates = createTokenRates()({});
  const learn = (outputTokens: number): void =>
    rates.learn({ requestBytes: 1_000, inputTokens: 300, answerBytes: 1_000, outputTokens, writtenMs: 5_000 });
  learn(500);
  for (let answer = 0; answer < 6; answer++) learn(200);
  expect([rates.input, rates.output, rates.speed]).toEqual([undefined, undefined, undefined]);
  learn(200);
  expect([rates.input, rates.output, rates.speed]).toEqual([0.3, 0.5, 0.1]);
  for (let answer = 0; answer < 32; answer++) learn(250);
  expect([rates.output, rates.speed]).toEqual([0.25, 0.05]);
});

test("short answers and requests whose bytes say nothing teach nothing", () => {
  const rates = createTokenRates()({});
  for (let answer = 0; answer < 40; answer++) {
    rates.learn({
      requestBytes: undefined,
      inputTokens: 5_000,
      answerBytes: 1_000,
      outputTokens: 99,
      writtenMs: 5_000,
    });
  }
  expect([rates.input, rates.output]).toEqual([undefined, undefined]);
});

test("each model has rates of its own", () => {
  const ratesOf = createTokenRates();
  const [one, other] = [{}, {}];
  expect(ratesOf(one)).toBe(ratesOf(one));
  expect(ratesOf(one)).not.toBe(ratesOf(other));
});
