import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Answer, startFakeProvider } from "@drawbridge/providers/testing";
import { expect, test } from "vitest";
import { startGateway } from "../../src/start-gateway.ts";
import { exchangeLines } from "../support/exchange-lines.ts";
import { ask, post, streamedText } from "../support/post.ts";
import { aliceKey } from "../support/scenario.ts";

const text = "A text that takes its time, so that a reload comes in the middle of it.";

/** A gateway whose configuration is rewritten while it runs, and the provider behind it. */
async function openReloadable() {
  const folder = await mkdtemp(path.join(tmpdir(), "drawbridge-reload-"));
  const file = path.join(folder, "drawbridge.yaml");
  const answers: Record<string, Answer> = {};
  const script = ({ model }: { readonly model: string }): Answer => answers[model] ?? { text: model };
  const fake = await startFakeProvider({ script, models: ["big"] });
  const write = (config: object): Promise<void> => writeFile(file, JSON.stringify(config));
  const settings = (model: string, more: object = {}): object => ({
    providers: {
      one: { kind: "anthropic-messages", baseUrl: fake.url, apiKey: "sk-one-0123456789", ...more },
      two: { kind: "anthropic-messages", baseUrl: fake.url, apiKey: "sk-two-0123456789" },
    },
    models: [{ match: "claude-*", targets: [`one/${model}`, "two/rescue"] }],
    keys: [{ name: "alice", value: aliceKey }],
  });
  await write(settings("big"));
  let output = "";
  const sink = { write: (line: string) => void (output += line) };
  const argv = ["--config", file, "--port", "0"];
  const gateway = await startGateway({ argv, env: { HOME: folder }, cwd: folder, stdout: sink, logTo: sink });
  return {
    gateway,
    fake,
    answers,
    settings,
    output: () => output,
    reload: async (config: object): Promise<boolean> => {
      await write(config);
      return await gateway.reload();
    },
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await fake.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const reloads = process.env["DRAWBRIDGE_CAMPAIGN"] === "1" ? 500 : 50;

test(`${reloads} reloads under load, a fifth of them invalid, fail no request`, { timeout: 300_000 }, async () => {
  await using scene = await openReloadable();
  for (const model of ["a", "b", "big"]) scene.answers[model] = { text, deltaChars: 6, gapMs: 1 };
  const over = new AbortController();
  const got: string[] = [];
  const load = async (index: number): Promise<void> => {
    while (!over.signal.aborted) {
      const answer = await post(scene.gateway.url, ask(true), { headers: { "x-claude-code-session-id": `s${index}` } });
      got.push(`${answer.status} ${streamedText(answer)} ${answer.events.at(-1)?.type}`);
    }
  };
  const running = Array.from({ length: 8 }, (_, index) => load(index));
  let refused = 0;
  for (let count = 0; count < reloads; count++) {
    const broken = { providers: { one: { knid: "openai-chat" } } };
    const next = scene.settings(count % 2 === 0 ? "a" : "b", { timeouts: { idle: `${count + 10}s` } });
    if (!(await scene.reload(count % 5 === 4 ? broken : next))) refused += 1;
  }
  over.abort();
  await Promise.all(running);
  expect(refused).toBe(reloads / 5);
  expect(got.length).toBeGreaterThan(20);
  expect(new Set(got)).toEqual(new Set([`200 ${text} message_stop`]));
  expect(scene.fake.calls.filter(({ model }) => model === "rescue")).toEqual([]);
  expect(exchangeLines(scene.output()).every(({ outcome }) => outcome === "ok")).toBe(true);
});

test("an exchange in flight keeps the configuration with which it began, in failover too", async () => {
  await using scene = await openReloadable();
  scene.answers["big"] = { delayMs: 400, fault: { kind: "reset-mid-head" } };
  scene.answers["rescue"] = { text, gapMs: 20 };
  const answer = post(scene.gateway.url, ask(true));
  await scene.fake.until(({ calls }) => calls.length === 1);
  const { providers } = scene.settings("other") as { readonly providers: { readonly one: object } };
  const without = { providers: { one: providers.one }, models: [{ match: "claude-*", target: "one/other" }] };
  expect(await scene.reload({ ...without, keys: [{ name: "alice", value: aliceKey }] })).toBe(true);
  expect(streamedText(await answer)).toBe(text);
  expect(streamedText(await post(scene.gateway.url, ask(true)))).toBe("other");
});

test("a provider whose settings changed starts afresh, others stay as they were", async () => {
  await using scene = await openReloadable();
  const asked = (): number => scene.fake.calls.filter(({ model }) => model === "big").length;
  const request = async (): Promise<string> => streamedText(await post(scene.gateway.url, ask(true)));
  scene.answers["big"] = { fault: { kind: "http-error", status: 401 } };
  expect(await request()).toBe("rescue");
  expect(await request()).toBe("rescue");
  expect(asked()).toBe(1);

  scene.answers["big"] = { text: "well again" };
  const { providers, ...rest } = scene.settings("big") as { readonly providers: { readonly two: object } };
  const others = { ...providers, two: { ...providers.two, timeouts: { idle: "77s" } } };
  expect(await scene.reload({ ...rest, providers: others })).toBe(true);
  expect(await request()).toBe("rescue");
  expect(await scene.reload(scene.settings("big", { apiKey: "sk-new-0123456789" }))).toBe(true);
  expect(await request()).toBe("well again");
  expect(asked()).toBe(2);
});
