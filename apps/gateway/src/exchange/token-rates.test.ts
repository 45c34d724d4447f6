import { expect, test } from "vitest";
import { createTokenRates } from "./token-rates.ts";

test("of what a model makes of bytes the most of the latest answers is known, once there were some", () => {
  const rates = createTokenRates()({});
  const learn = (outputTokens: number): void =>
    rates.learn({ requestBytes: 1_000, inputTokens: 300, answerBytes: 1_000, outputTokens });
  learn(500);
  for (let answer = 0; answer < 6; answer++) learn(200);
  expect([rates.input, rates.output]).toEqual([undefined, undefined]);
  learn(200);
  expect([rates.input, rates.output]).toEqual([0.3, 0.5]);
  for (let answer = 0; answer < 32; answer++) learn(250);
  expect(rates.output).toBe(0.25);
});

test("short answers and requests whose bytes say nothing teach nothing", () => {
  const rates = createTokenRates()({});
  for (let answer = 0; answer < 40; answer++) {
    rates.learn({ requestBytes: undefined, inputTokens: 5_000, answerBytes: 1_000, outputTokens: 99 });
  }
  expect([rates.input, rates.output]).toEqual([undefined, undefined]);
});

test("each model has rates of its own", () => {
  const ratesOf = createTokenRates();
  const [one, other] = [{}, {}];
  expect(ratesOf(one)).toBe(ratesOf(one));
  expect(ratesOf(one)).not.toBe(ratesOf(other));
});
