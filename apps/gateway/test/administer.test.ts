import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { CreatedDatabase } from "@drawbridge/governance/testing";
import { type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { administer } from "../src/cli/administer.ts";
import { explain } from "../src/cli/explain.ts";
import { type RunningGateway, startGateway } from "../src/start-gateway.ts";
import { ask, post } from "./support/post.ts";
import { createTestDatabase, hasSharedServices, redisUrl } from "./support/shared-services.ts";

let folder: string;
let upstream: FakeProvider;
let gateway: RunningGateway | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "drawbridge-administer-"));
  upstream = await startFakeProvider({ models: ["qwen"], script: () => ({ text: "Here." }) });
  await configure();
});
afterEach(async () => {
  await stop();
  await upstream.close();
  await rm(folder, { recursive: true, force: true });
});

async function configure(more: object = {}): Promise<void> {
  const config = {
    server: { drain: "0s" },
    providers: { gpu: { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl } },
    models: [{ match: "claude-*", target: "gpu/qwen" }],
    prices: { "gpu/*": { input: 1, output: 10 } },
    ...more,
  };
  await writeFile(path.join(folder, "drawbridge.yaml"), JSON.stringify(config));
}

async function start(): Promise<string> {
  const sink = { write: () => undefined };
  gateway = await startGateway({ argv: ["--port", "0"], env: {}, cwd: folder, stdout: sink, logTo: sink });
  return gateway.url;
}

async function stop(): Promise<void> {
  await gateway?.close();
  gateway = undefined;
}

async function run(...argv: string[]): Promise<string> {
  let printed = "";
  const stdout = { write: (text: string) => (printed += text) };
  await administer({ argv, env: {}, cwd: folder, stdout, random: randomBytes });
  return printed;
}

const read = async (...argv: string[]): Promise<unknown> => JSON.parse(await run(...argv, "--json"));
const keyIn = (printed: string): string => /^sk-db-\S+$/mu.exec(printed)?.[0] ?? "";
const statusOf = async (url: string, key: string): Promise<number> => (await post(url, ask(false), { key })).status;

describe("on this machine", () => {
  test("makes levels and keys that the next gateway takes, and shows a key's value once", async () => {
    expect(await run("keys")).toBe("There are none.\n");
    await run("customers", "create", "acme", "--budget", "500/month");
    const team = ["--customer", "acme", "--set", "{ rates: [{ requests: 60, per: minute }], parallel: 4 }"];
    await run("teams", "create", "payments", ...team);
    const made = await run("keys", "create", "alice", "--team", "payments", "--expires", "2099-01-01");
    expect(made).toMatch(/^key alice: created in .*\nsk-db-\S{32}\nThis is shown once/u);
    expect(await run("keys")).toMatch(/^alice +team payments +store +until 2099-01-01$/mu);
    expect(await run("teams", "show", "payments")).toMatch(
      /^team payments\n +declared by +store\n +state +in force\n +limits +60 requests in any minute\n +4 requests at once\n +customer +acme\n$/u,
    );
    expect(`${await run("keys", "show", "alice")}${await run("keys", "list", "--json")}`).not.toMatch(/digest|sk-db-/u);
    expect(await statusOf(await start(), keyIn(made))).toBe(200);
    await stop();

    const printed = { text: "" };
    const stdout = { write: (text: string) => (printed.text += text) };
    await explain({ argv: ["--key", "alice"], env: {}, cwd: folder, stdout });
    expect(printed.text).toContain("key alice, team payments, customer acme");
  });

  test("changes what it is told and leaves the rest, down to single limits and filters", async () => {
    const limits = "{ rates: [{ requests: 60, per: minute }], parallel: 4, maxCost: 2, hold: strict }";
    await run("teams", "create", "a", "--budget", "5/day", "--budget", "50/month", "--set", limits);
    const models = "{ models: { allow: ['claude-*'] }, endpoints: [messages] }";
    await run("teams", "update", "a", "--set", models);
    await run("teams", "update", "a", "--budget", "7/day", "--unset", "parallel", "--unset", "endpoints");
    await run("teams", "update", "a", "--set", "{ whenSpent: run, disabled: true }", "--tag", "project=x");
    const money = (nanoUsd: number, window: object) => ({ of: "nanoUsd", amount: nanoUsd, window });
    expect(await read("teams", "show", "a")).toEqual({
      kind: "team",
      name: "a",
      managedBy: "store",
      version: 4,
      limits: [
        { of: "requests", amount: 60, window: { kind: "rolling", ms: 60_000 } },
        money(2e9, { kind: "request" }),
        money(7e9, { kind: "calendar", unit: "day", timeZone: "UTC" }),
      ],
      policy: expect.objectContaining({ models: { allow: ["claude-*"], deny: [] } }),
      terms: { mode: "strict", whenSpent: "run" },
      tags: { project: "x" },
      disabled: true,
    });
    const { policy } = Object(await read("teams", "show", "a"));
    expect(policy).not.toHaveProperty("endpoints");
  });

  test("replaces, revokes and removes keys, each told in the audit with who did it", async () => {
    const first = keyIn(await run("keys", "create", "bob", "--actor", "ann"));
    const second = keyIn(await run("keys", "rotate", "bob", "--overlap", "1h", "--actor", "ann"));
    let url = await start();
    expect([await statusOf(url, first), await statusOf(url, second)]).toEqual([200, 200]);
    await stop();
    await run("keys", "rotate", "bob", "--overlap", "0");
    url = await start();
    expect([await statusOf(url, first), await statusOf(url, second)]).toEqual([401, 401]);
    await stop();
    await run("keys", "revoke", "bob");
    expect(await run("keys")).toMatch(/^bob +store +revoked /mu);
    await run("keys", "remove", "bob");
    const audit = await run("audit");
    expect(audit).toMatch(/^\d+ +\S+ +ann +create key bob$/mu);
    expect(audit).toMatch(/^\d+ +\S+ +\S+@\S+ +remove key bob$/mu);
    expect(audit).not.toMatch(/digest|sk-db-/u);
  });

  test("makes rules and limits of providers", async () => {
    await run("rules", "create", "thrift", "--set", `{ when: 'tier == "opus"', refuse: "No." }`);
    await run("rules", "create", "first", "--set", `{ refuse: "Never.", when: 'tier == "haiku"', position: 0.5 }`);
    await run("rules", "update", "thrift", "--set", "{ refuse: Not now. }");
    await run("providers", "create", "gpu", "--set", "{ parallel: 3 }");
    expect(await read("rules", "show", "thrift")).toMatchObject({
      when: 'tier == "opus"',
      refuse: "Not now.",
      position: 1,
    });
    expect(await run("providers")).toMatch(/^gpu .*3 requests at once$/mu);
  });

  test.each([
    ["a provider that there is not", { route: "gpo/qwen" }],
    ["one in a chain", { when: "stream", route: ["gpu/qwen", { anyOf: ["gpu/qwen", "cloud/qwen"] }] }],
    ["a target that is none", { route: "qwen" }],
    ["a provider in a condition", { when: 'healthy("gpo")', refuse: "No." }],
    ["a name that a condition does not know", { when: "tols > 1", refuse: "No." }],
    ["nothing to do", { when: "stream" }],
    ["two ends", { route: "gpu/qwen", refuse: "No." }],
  ])("holds rules to what those of the file are held to, in the same words: %s", async (_, settings) => {
    const messageOf = async (running: Promise<string>): Promise<string> => {
      return running.then(String, (error: unknown) => (error instanceof Error ? error.message : ""));
    };
    await run("rules", "create", "there", "--set", `{ refuse: "No.", when: stream }`);
    const made = await messageOf(run("rules", "create", "r", "--set", JSON.stringify(settings)));
    expect(await run("rules")).not.toMatch(/^r /mu);
    await configure({ rules: [{ name: "r", ...settings }] });
    const inFile = /rules\[0\]\S*: (.*)$/su.exec(await messageOf(run("rules")))?.[1] ?? "not refused";
    expect(made).toMatch(new RegExp(`^(rule "r"|when|route\\S*): ${RegExp.escape(inFile)}$`, "u"));
  });

  test("takes no limit at a provider that there is not, and no filter by one, in the words that the file has for it", async () => {
    const wrong = { providerLimits: { gpo: { parallel: 2 } }, providers: { allow: ["gpo", "g*"] } };
    const set = ["--set", JSON.stringify(wrong)];
    const said =
      'providerLimits.gpo: there is no provider "gpo"; did you mean "gpu"?\n' +
      'providers.allow.0: there is no provider "gpo"; did you mean "gpu"?';
    for (const section of ["customers", "teams", "users", "keys"]) {
      await expect(run(section, "create", "one", ...set)).rejects.toMatchObject({ message: said });
      await run(section, "create", "one", "--set", JSON.stringify({ providerLimits: { gpu: { parallel: 2 } } }));
      await expect(run(section, "update", "one", ...set)).rejects.toMatchObject({ message: said });
      await run(section, "update", "one", "--set", "{ providers: { allow: [gpu, g*] } }");
    }
    await expect(run("providers", "create", "gpo", "--set", "{ parallel: 2 }")).rejects.toMatchObject({
      message: 'there is no provider "gpo"; did you mean "gpu"?',
    });
    await configure({ teams: { one: wrong } });
    await expect(run("teams")).rejects.toThrow('there is no provider "gpo"; did you mean "gpu"?');
  });

  test("holds a changed rule to it as a whole", async () => {
    await run("rules", "create", "r", "--set", `{ refuse: "No.", when: stream }`);
    await expect(run("rules", "update", "r", "--set", "{ route: gpu/qwen }")).rejects.toThrow(/both route and refuse/u);
    await expect(run("rules", "update", "r", "--unset", "refuse")).rejects.toThrow(/does nothing/u);
    await expect(run("rules", "update", "r", "--unset", "colour")).rejects.toThrow(/no setting "colour"/u);
    await run("rules", "update", "r", "--set", "{ route: gpu/qwen }", "--unset", "refuse");
    expect(await read("rules", "show", "r")).toMatchObject({ when: "stream", route: [{ targets: [{}] }] });
  });

  test("changes nothing while a gateway has the folder, and says so", async () => {
    await run("keys", "create", "carol");
    await start();
    await expect(run("keys", "create", "dave")).rejects.toMatchObject({
      name: "StartError",
      message: expect.stringMatching(/is in use by process \d+ on \S+, perhaps another Drawbridge; stop that one/u),
    });
    expect(await run("keys")).toMatch(/^carol/mu);
  });

  test("leaves to the file what it declares", async () => {
    const key = "db-alice-0123456789abcdef";
    await configure({ teams: { payments: {} }, keys: [{ name: "alice", value: key, team: "payments" }] });
    await start();
    await stop();
    expect(await run("keys")).toMatch(/^alice +team payments +file/mu);
    for (const argv of [
      ["keys", "revoke", "alice"],
      ["teams", "remove", "payments"],
    ]) {
      await expect(run(...argv)).rejects.toThrow(/the configuration file/u);
    }
    expect(keyIn(await run("keys", "create", "bob", "--team", "payments"))).not.toBe("");
  });

  test.each([
    ["keys creat a", /^keys: "creat" is none of list, show/u],
    ["keys create", /^keys create: say the name/u],
    ["keys create a b", /"b" is one name too many/u],
    ["keys list a", /keys show a/u],
    ["keys show a", /^there is no key "a"/u],
    ["keys revoke a", /^there is no key "a"/u],
    ["keys create a --expires soon", /^expires: "soon" is not possible; wanted a day such as/u],
    ["keys create a --expires 2020-01-01", /^expires: 2020-01-01 has passed/u],
    ["keys create a --team nobody", /there is no team "nobody"/u],
    ["keys create a --budget 5", /^--budget: "5" is none/u],
    ["keys create a --budget x/month", /^budgets\.0\.usd: "x" is not possible/u],
    ["keys create a --tag x", /^--tag: "x" is none/u],
    ["keys create a --set {", /^--set: not valid YAML/u],
    ["keys create a --set { vlaue: 1 }", /^vlaue: there is no such setting/u],
    ["keys create a --value sk", /--value/u],
    ["keys rotate a --overlap soon", /^--overlap: "soon" is no duration/u],
    ["teams update a --unset colour", /^--unset: there is no setting "colour"/u],
    ["teams rotate a", /^teams: "rotate" is none of/u],
    ["audit create a", /^audit: "create" is none of list/u],
    ["audit --after x", /^--after: "x" is no number/u],
  ])("%s is told", async (line, told) => {
    const [, words = "", set] = /^(.*?)(?: --set (.*))?$/u.exec(line) ?? [];
    const argv = [...words.split(" "), ...(set === undefined ? [] : ["--set", set])];
    await expect(run(...argv)).rejects.toMatchObject({ name: "StartError", message: expect.stringMatching(told) });
  });
});

test("is a command like others: what it prints is for pipes, and a failure is one sentence and an exit code", async () => {
  const main = path.resolve(import.meta.dirname, "../src/main.ts");
  const command = async (...argv: string[]): Promise<unknown> => {
    const flags = ["--conditions=@drawbridge/source", main, ...argv];
    const env = { PATH: process.env["PATH"], HOME: folder };
    const ended = promisify(execFile)(process.execPath, flags, { cwd: folder, env });
    return ended.catch((error: unknown) => error);
  };
  const made = await command("keys", "create", "alice", "--json");
  expect(made).toMatchObject({ stderr: "", stdout: expect.stringMatching(/"value": "sk-db-/u) });
  const again = await command("keys", "create", "alice");
  expect(again).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/^there is a key "alice".*\n$/u) });
  expect(await command("teams", "--help")).toMatchObject({
    stdout: expect.stringMatching(/^Usage: drawbridge SECTION/u),
  });
}, 60_000);

describe.skipIf(!hasSharedServices)("in PostgreSQL", () => {
  let database: CreatedDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
    await configure({ storage: { postgres: database.url, redis: redisUrl } });
  });
  afterEach(async () => {
    await stop();
    await database.drop();
  });

  test("acts on gateways that run, which hear of it by themselves", { timeout: 90_000 }, async () => {
    const url = await start();
    await run("teams", "create", "payments", "--budget", "5/month");
    const key = keyIn(await run("keys", "create", "alice", "--team", "payments"));
    await expect.poll(() => statusOf(url, key), { timeout: 20_000 }).toBe(200);
    await run("teams", "update", "payments", "--set", "{ disabled: true }");
    await expect.poll(() => statusOf(url, key), { timeout: 20_000 }).toBe(401);
    await run("teams", "update", "payments", "--unset", "disabled");
    await expect.poll(() => statusOf(url, key), { timeout: 20_000 }).toBe(200);
    await run("keys", "revoke", "alice");
    await expect.poll(() => statusOf(url, key), { timeout: 20_000 }).toBe(401);
    expect(await run("audit")).toMatch(/revoke key alice$/mu);
    expect(await run("keys")).toMatch(/^alice +team payments +store +revoked /mu);
  });

  test("loses none of the changes that are made to one thing at once", { timeout: 90_000 }, async () => {
    await run("teams", "create", "payments");
    const given = [
      ["--budget", "5/month"],
      ["--set", "{ parallel: 4 }"],
      ["--set", "{ maxTokens: 9k }"],
    ];
    await Promise.all(given.map((settings) => run("teams", "update", "payments", ...settings)));
    const { limits } = Object(await read("teams", "show", "payments"));
    expect(limits).toHaveLength(3);
    expect((await run("audit")).match(/update team payments$/gmu)).toHaveLength(3);
  });
});
