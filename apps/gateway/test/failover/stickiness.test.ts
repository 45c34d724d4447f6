import { expect, test } from "vitest";
import { streamedText } from "../support/post.ts";
import { aliceKey } from "../support/scenario.ts";
import { keysSeen, openTargets } from "./targets.ts";

const credentials = ["sk-first-0123456789", "sk-second-0123456789"].map((apiKey, index) => ({
  name: `number-${index + 1}`,
  apiKey,
}));
const overloaded = { fault: { kind: "http-error", status: 529 } } as const;

test("a session stays with its target and credential over 30 requests", async () => {
  const equals = [{ anyOf: ["one/big", "two/big", "three/big"] }];
  await using targets = await openTargets({
    names: ["one", "two", "three"],
    providers: { one: { credentials } },
    targets: equals,
  });
  const all = Object.values(targets.fakes);
  for (const session of ["a", "b", "c"]) {
    const before = all.map(({ calls }) => calls.length);
    for (let count = 0; count < 30; count++) await targets.ask(session);
    const asked = all.flatMap((fake, index) =>
      keysSeen(fake)
        .slice(before[index])
        .map((key) => `${index} ${key}`),
    );
    expect(asked).toHaveLength(30);
    expect(new Set(asked).size).toBe(1);
  }
});

test("sessions are spread by weight, over targets and over credentials", async () => {
  const weighted = credentials.map((one, index) => ({ ...one, weight: index === 0 ? 3 : 1 }));
  await using targets = await openTargets({
    names: ["one", "two"],
    providers: { one: { credentials: weighted } },
    targets: [{ anyOf: [{ target: "one/big", weight: 3 }, "two/big"] }],
  });
  const sessions = Array.from({ length: 400 }, (_, index) => `session-${index}`);
  for (let at = 0; at < sessions.length; at += 20) {
    await Promise.all(sessions.slice(at, at + 20).map((session) => targets.ask(session, { stream: false })));
  }
  const { one, two } = targets.fakes;
  expect(one.calls.length + two.calls.length).toBe(400);
  // Three standard deviations of 400 draws, and a little more; the sessions are the same in each run.
  expect(Math.abs(one.calls.length - 300)).toBeLessThan(30);
  const first = keysSeen(one).filter((key) => key === credentials[0]?.apiKey).length;
  expect(Math.abs(first / one.calls.length - 0.75)).toBeLessThan(0.09);
});

test("a session leaves a target that fails, for the same other one, and comes back when it is well", async () => {
  await using targets = await openTargets({
    names: ["one", "two", "three"],
    targets: [{ anyOf: ["one/big", "two/big", "three/big"] }],
  });
  const home = streamedText(await targets.ask("session")) as "one" | "two" | "three";
  targets.answers[home] = overloaded;
  const away = new Set<string>();
  for (let count = 0; count < 12; count++) away.add(streamedText(await targets.ask("session")));
  expect(away.size).toBe(1);
  expect(away.has(home)).toBe(false);
  // Five failures open the breaker: the others of the dozen did not even ask.
  expect(targets.fakes[home].calls.length).toBeLessThanOrEqual(1 + 5 + 2);

  targets.answers[home] = { text: home };
  await expect.poll(async () => streamedText(await targets.ask("session"))).toBe(home);
});

test("a conversation without a session's name sticks by how it begins", async () => {
  await using targets = await openTargets({ names: ["one", "two"], targets: [{ anyOf: ["one/big", "two/big"] }] });
  const answers = new Set<string>();
  for (let count = 0; count < 10; count++) answers.add(streamedText(await targets.ask()));
  expect(answers.size).toBe(1);
});

const confined = "db-confined-to-the-eu-3b1f9c2d";

function openRegions() {
  return openTargets({
    names: ["berlin", "ohio", "nowhere", "paris"],
    providers: { berlin: { region: "eu-central-1" }, ohio: { region: "us-east-2" }, paris: { region: "eu-west-3" } },
    targets: [{ anyOf: ["berlin/big", "ohio/big", "nowhere/big"] }, "ohio/big", "paris/big"],
    config: {
      keys: [
        { name: "alice", value: aliceKey },
        { name: "bob", value: confined, regions: ["eu-*"] },
      ],
    },
  });
}

test("a key that is confined to regions never reaches another, whatever fails", async () => {
  await using targets = await openRegions();
  const { berlin, ohio, nowhere, paris } = targets.fakes;
  const ask = (session: number, stream = true) => targets.ask(`session-${session}`, { key: confined, stream });
  for (let session = 0; session < 20; session++) expect(streamedText(await ask(session))).toBe("berlin");
  targets.answers.berlin = overloaded;
  for (let session = 0; session < 20; session++) expect(streamedText(await ask(session))).toBe("paris");
  targets.answers.paris = { fault: { kind: "reset-before-head" } };
  for (let session = 0; session < 10; session++) {
    expect((await ask(session, session % 2 === 0)).status).toBeGreaterThanOrEqual(500);
  }
  await berlin.refuseConnections();
  await paris.refuseConnections();
  for (let session = 0; session < 10; session++) expect((await ask(session)).status).toBeGreaterThanOrEqual(500);
  expect(
    [ohio.requests, nowhere.requests].map((seen) => seen.filter(({ operation }) => operation === "create")),
  ).toEqual([[], []]);
});

test("a key without regions reaches them all", async () => {
  await using targets = await openRegions();
  for (let session = 0; session < 30; session++) await targets.ask(`session-${session}`);
  for (const name of ["berlin", "ohio", "nowhere"] as const) expect(targets.fakes[name].calls).not.toHaveLength(0);
});
