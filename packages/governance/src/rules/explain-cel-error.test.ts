import { expect, test } from "vitest";
import { conditionProblem } from "./compile-rules.ts";

const problem = (condition: string): string | undefined =>
  conditionProblem(condition, { providers: ["anthropic", "gpu"] });

test("a condition that is right has no problem", () => {
  expect(problem('healthy("gpu") && tier == "opus"')).toBeUndefined();
});

test.each([
  ["toolsNames.size() == 1", "at character 1, toolsNames: there is no such variable; did you mean toolNames?"],
  ["xyz", "at character 1, xyz: there is no such variable; known are model, tier, endpoint, agent, inputTokens"],
  ['model == "a" &&\n  tols == 1', "at line 2, character 3, tols: there is no such variable"],
  ["budget.mont > 0.5", 'at character 8, mont: budget has no "mont"; did you mean month? Known are used, key'],
  ["budget > 0.5", "no such overload"],
  ["budget", "at character 1, budget: this makes"],
  ["time.hours == 1", 'at character 6, hours: time has no "hours"; did you mean hour?'],
  ['model.glop("a")', 'there is no function "glop"; did you mean glob?'],
  ["model.contains(3)", "string.contains(int) does not exist; it is called like text.contains(text)"],
  ['model.matches("x")', "matches cannot be used in rules: a regular expression can take very long; use glob"],
  ["has(headers.x)", "has cannot be used in rules: a header or tag that is missing is an empty text"],
  ["toolNames.map(t, t).size() > 1", "map cannot be used in rules: use exists, all or filter"],
  ['cel.bind(x, model, x == "a")', "rules have no use for this part of CEL"],
  ['model = "x"', "at character 7, =: a single = compares nothing; write =="],
  ['model == "x" and stream', "at character 14, and: write && for and, || for or, ! for not"],
  ["model == “x”", 'at character 10, “: a quotation mark that is none here; write "'],
  ["stream && ", "at character 11, its end: something is missing here"],
  ['model == "a', "Unterminated string"],
  ["inputTokens == 1.5", "no such overload: int == double; 1 is an int and 1.0 a double"],
  ["model == 3", "no such overload: string == int"],
  ["inputTokens", "at character 1, inputTokens: this makes int; wanted is true or false"],
  ["  ", "it is empty; leave it out for a rule that always holds"],
  [
    'tier == "opsu"',
    'at character 9, "opsu": this never is one of "opus", "sonnet", "haiku", "fable", "other"; did you mean "opus"?',
  ],
  ['"sonet" != tier', 'did you mean "sonnet"?'],
  ['agent in ["sub-agent"]', 'did you mean "subagent"?'],
  ['time.weekday in ["mon", "Tuesday"]', "this never is one of"],
  ['headers["X-Api-Key"] == "a"', '"X-Api-Key" may hold a secret, so rules do not see it'],
  ['"authorization" in headers', "may hold a secret"],
  ["headers == tags", 'this is all headers; name one, as in headers["x"]'],
  ['healthy("gup")', 'at character 9, "gup": there is no such provider; did you mean "gpu"?'],
  ['healthy("nothing-like-it")', "there is no such provider; known are anthropic, gpu"],
  ["healthy(model)", "wanted is the name of a provider"],
  ['model.glob("a[b")', 'at character 12, "a[b": the pattern contains "["; the only wildcard is *'],
  ["model.glob(key)", "wanted is a pattern"],
  ['toolNames[0] == "x"', "ask for entries of lists with in, exists, all or filter"],
  ['toolNames == ["a"]', "lists are not compared as a whole"],
  ["1u < 2u", "rules know numbers, texts, true and false"],
  ["9007199254740993 > inputTokens", "too large for a whole number"],
  ["toolNames.exists(1, true)", "at character 18, 1"],
  ["toolNames.exists(t, 3)", "predicate must return bool, got 'int'"],
  ["toolNames.exists(t, toolNames.exists(u, t == u))", "steps, and 50000 are the most; leave loops within loops out"],
  ["type(model) == string", "type cannot be used in rules"],
  ['{"a": 1}.size() == 1', "rules have no use for this part of CEL"],
  ['timestamp("2026-01-01T00:00:00Z") == timestamp("2026-01-01T00:00:00Z")', "timestamp cannot be used in rules"],
  [`model == "${"x".repeat(2_000)}"`, "it is longer than 2000 characters"],
  [`${"(".repeat(60)}stream${")".repeat(60)}`, "more than one condition can have"],
])("%s is told precisely", (condition, told) => {
  expect(problem(condition)).toContain(told);
});

test("where no provider is listed, a condition that asks for one says what to do", () => {
  const told = conditionProblem('healthy("openai")', { providers: [] });
  expect(told).toBe('at character 9, "openai": there is no such provider; list it among the providers first');
});
