import type { Answer, Fault, SeenRequest } from "@drawbridge/providers/testing";
import { expect, test } from "vitest";
import { lineOf, streamedText } from "../support/post.ts";
import { keysSeen, openTargets } from "./targets.ts";

const secrets = ["sk-first-0123456789", "sk-second-0123456789", "sk-third-0123456789"];
const [firstKey = "", secondKey = ""] = secrets;
const credentials = (count: number): object => ({
  credentials: secrets.slice(0, count).map((apiKey, index) => ({ name: `number-${index + 1}`, apiKey })),
});
const error = (status: number, more: object = {}): Fault => ({ kind: "http-error", status, ...more });

/** A fault for whoever asks with this key. */
const failing =
  (key: string, fault: Fault) =>
  ({ headers }: SeenRequest): Answer =>
    headers["x-api-key"] === key ? { fault } : { text: "served" };

/** A session that is at home with this key. */
async function sessionOf(targets: Awaited<ReturnType<typeof openPair>>, key: string): Promise<string> {
  for (let index = 0; ; index++) {
    const session = `session-${index}`;
    await targets.ask(session);
    if (keysSeen(targets.fakes.one).at(-1) === key) return session;
  }
}

const openPair = () => openTargets({ names: ["one"], providers: { one: credentials(2) } });

test.each<[string, Readonly<Record<string, string>>, number]>([
  ["retry-after in seconds", { "retry-after": "2" }, 2_000],
  ["retry-after-ms", { "retry-after-ms": "1500" }, 1_500],
  ["a vendor's reset", { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1.5s" }, 1_500],
])("a 429 moves a session to the next credential, and back after %s", async (_, headers, coolMs) => {
  await using targets = await openPair();
  const session = await sessionOf(targets, firstKey);
  targets.answers.one = failing(firstKey, error(429, { headers }));
  const beganMs = performance.now();
  expect(streamedText(await targets.ask(session))).toBe("served");
  const cooled = keysSeen(targets.fakes.one).length;
  targets.answers.one = { text: "served" };
  let backMs = 0;
  while (backMs === 0 && performance.now() - beganMs < 10_000) {
    const askedMs = performance.now();
    await targets.ask(session);
    if (keysSeen(targets.fakes.one).at(-1) === firstKey) backMs = askedMs - beganMs;
    else await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(keysSeen(targets.fakes.one).slice(cooled - 2, cooled)).toEqual([firstKey, secondKey]);
  // Asked a little before the answer to it came, at the latest.
  expect(backMs).toBeGreaterThan(coolMs - 100);
});

test("a revoked credential is left for the next, and not asked again for every request", async () => {
  await using targets = await openPair();
  const session = await sessionOf(targets, firstKey);
  const before = keysSeen(targets.fakes.one).length;
  targets.answers.one = failing(firstKey, error(401));
  for (let count = 0; count < 30; count++) expect(streamedText(await targets.ask(session))).toBe("served");
  expect(
    keysSeen(targets.fakes.one)
      .slice(before)
      .filter((key) => key === firstKey),
  ).toHaveLength(1);
});

test.each([
  [429, "rate_limit_error", "7"],
  [529, "overloaded_error", "7"],
])("when all answer %i, the client gets this status and how long to wait", async (status, type, wait) => {
  await using targets = await openTargets({ names: ["one", "two"], providers: { one: credentials(2) } });
  const fault = error(status, { headers: { "retry-after": wait } });
  targets.answers.one = { fault };
  targets.answers.two = { fault };
  for (const stream of [true, false]) {
    const got = await targets.ask("session", { stream });
    expect(got).toMatchObject({ status, error: { type } });
    expect(Number(got.headers.get("retry-after"))).toBeGreaterThan(4);
    expect(Number(got.headers.get("retry-after"))).toBeLessThanOrEqual(7);
    expect(got.headers.get("x-should-retry")).toBeNull();
  }
});

test("when all are out, the client still gets a provider's own status", async () => {
  await using targets = await openTargets({ names: ["one"], providers: { one: credentials(2) } });
  targets.answers.one = { fault: error(429, { headers: { "retry-after": "30" } }) };
  for (let count = 0; count < 5; count++) {
    const got = await targets.ask("session");
    expect(got).toMatchObject({ status: 429, error: { type: "rate_limit_error" } });
    expect(Number(got.headers.get("retry-after"))).toBeGreaterThan(0);
  }
});

test("when all credentials are refused, the client is told whose fault it is and not to try again", async () => {
  await using targets = await openTargets({ names: ["one"], providers: { one: credentials(3) } });
  targets.answers.one = { fault: error(401) };
  for (let count = 0; count < 5; count++) {
    const got = await targets.ask("session");
    expect(got).toMatchObject({ status: 502, error: { type: "api_error" } });
    expect(got.error?.message).toMatch(/^The provider "one" refused the credential .* your own key is fine\.$/);
    expect(got.headers.get("x-should-retry")).toBe("false");
    expect(got.text).not.toMatch(/sk-|log ?in/);
  }
  expect(keysSeen(targets.fakes.one).toSorted()).toEqual(secrets.toSorted());
});

test("every attempt is in the line of its exchange, and no secret is anywhere in the log", async () => {
  await using targets = await openTargets({ names: ["one", "two"], providers: { one: credentials(2) } });
  targets.answers.one = ({ headers }) => ({ fault: error(headers["x-api-key"] === firstKey ? 401 : 429) });
  const line = await lineOf(targets.gateway, await targets.ask("session"));
  expect(line).toMatchObject({ outcome: "ok", provider: "two", model: "big", credential: "default", attempts: 3 });
  const tried = line["tried"] as { readonly credential: string; readonly latency_ms: number }[];
  expect(tried.toSorted((a, b) => (a.credential < b.credential ? 1 : -1))).toMatchObject([
    {
      provider: "one",
      model: "big",
      credential: "number-2",
      outcome: "failed",
      status: 429,
      failure_kind: "rate-limited",
    },
    { provider: "one", credential: "number-1", outcome: "failed", status: 401, failure_kind: "unauthenticated" },
    { provider: "two", model: "big", credential: "default", outcome: "ok" },
  ]);
  for (const { latency_ms: latencyMs } of tried) expect(latencyMs).toBeGreaterThanOrEqual(0);

  targets.answers.two = { fault: error(503) };
  const failed = await targets.ask("session");
  expect(await lineOf(targets.gateway, failed)).toMatchObject({ outcome: "failed", status: failed.status });
  expect(targets.gateway.output()).not.toMatch(/sk-(?:first|second|two)-/);
});
