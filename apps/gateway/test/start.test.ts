import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startGateway, type RunningGateway } from "../src/start-gateway.ts";
import { ask, post, readEvents, streamedText } from "./support/post.ts";

let cwd: string;
let output: string;
let running: RunningGateway | undefined;
let others: Server | undefined;

beforeEach(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), "drawbridge-start-"));
  output = "";
});
afterEach(async () => {
  await running?.close();
  others?.closeAllConnections();
  others?.close();
  running = undefined;
  others = undefined;
  await rm(cwd, { recursive: true, force: true });
});

/** Starts a gateway in this process, in an empty directory, with nothing but this environment. */
async function start(
  argv: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningGateway> {
  const stdout = { write: (text: string) => void (output += text) };
  const withPort = argv.includes("--port") ? argv : ["--port", "0", ...argv];
  running = await startGateway({ argv: withPort, env, cwd, stdout, logTo: stdout });
  return running;
}

const refusal = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> =>
  start(argv, env).then(
    () => "it started",
    (error: unknown) => (error instanceof Error && error.name === "StartError" ? error.message : String(error)),
  );

const shownKey = (): string => /sk-db-[\w-]{32}/.exec(output)?.[0] ?? "";

describe("without any configuration, a gateway", () => {
  test("offers its demo, mints a key and prints what to do next", async () => {
    const { url } = await start();
    expect(output).toContain(`Drawbridge listens on ${url}`);
    expect(output).toContain("demo");
    const [settings = ""] = /^\{\n.*?^\}/ms.exec(output) ?? [];
    expect(JSON.parse(settings)).toEqual({
      env: { ANTHROPIC_BASE_URL: `${url}/anthropic`, ANTHROPIC_AUTH_TOKEN: shownKey() },
    });
    expect(output).toContain(`ANTHROPIC_BASE_URL=${url}/anthropic ANTHROPIC_AUTH_TOKEN=${shownKey()} claude`);
    const got = await post(url, ask(true), { key: shownKey() });
    expect(streamedText(got)).toMatch(/demo/i);
    expect(got.headers.get("x-drawbridge-provider")).toBe("demo");
  });

  test("streams thinking, text and a tool call from its demo, and takes the result", async () => {
    const { url } = await start();
    const tools = [
      {
        name: "Bash",
        input_schema: { type: "object", properties: { command: { type: "string" } }, required: ["command"] },
      },
    ];
    const request = ask(true, { model: "claude-opus-5-5", max_tokens: 4_000, tools, thinking: { type: "adaptive" } });
    const got = await post(url, request, { key: shownKey() });
    const kinds = got.events.flatMap((event) => (event["content_block"] as { type?: string } | undefined)?.type ?? []);
    expect(kinds).toEqual(expect.arrayContaining(["thinking", "text", "tool_use"]));
    expect(got.events.find(({ type }) => type === "message_delta")).toMatchObject({
      delta: { stop_reason: "tool_use" },
    });
  });

  test("keeps only the keyed hash of its key, where no one else can read it", async () => {
    await start();
    const key = shownKey();
    const [file = ""] = await readdir(path.join(cwd, ".drawbridge"));
    const state = path.join(cwd, ".drawbridge", file);
    expect(await readFile(state, "utf8")).not.toContain(key.slice(6));
    expect((await stat(state)).mode & 0o077).toBe(0);
  });

  test("shows the key once, honours it at the next start, and mints another when told to", async () => {
    await start();
    const first = shownKey();
    await running?.close();
    output = "";
    await start();
    expect(output).not.toContain(first);
    expect(output).toContain("--new-key");
    expect((await post(running?.url ?? "", ask(false), { key: first })).status).toBe(200);
    await running?.close();
    output = "";
    await start(["--new-key"]);
    const second = shownKey();
    expect(second).not.toBe(first);
    for (const key of [first, second]) expect((await post(running?.url ?? "", ask(false), { key })).status).toBe(200);
  });

  test("finds credentials in the usual variables, sends Claude's tiers there, and does not print them", async () => {
    await start([], { OPENAI_API_KEY: "sk-openai-secret", GROQ_API_KEY: "gsk-secret" });
    expect(output).toContain("OPENAI_API_KEY");
    expect(output).toContain("GROQ_API_KEY");
    expect(output).not.toMatch(/sk-openai-secret|gsk-secret|demo/);
    const got = await post(running?.url ?? "", ask(false), { key: shownKey() });
    expect(got.headers.get("x-drawbridge-provider")).toBe("openai");
  });

  test("finds a model server on its usual local port", async () => {
    // Ollama's own port; where something listens there already, this machine is tested with that.
    others = createServer((_, response) => {
      response
        .writeHead(200, { "content-type": "application/json" })
        .end('{"object":"list","data":[{"id":"qwen3:8b"}]}');
    });
    await new Promise<void>((resolve) => others?.listen(11_434, "127.0.0.1", resolve).once("error", () => resolve()));
    await start();
    expect(output).toMatch(/ollama: http:\/\/(localhost|127\.0\.0\.1):11434, 1 model/);
  });
});

describe("a gateway takes its address", () => {
  test("from PORT, and the command line goes over it", async () => {
    const free = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => free.once("listening", resolve));
    const { port } = free.address() as AddressInfo;
    expect(await refusal(["--port", String(port)])).toMatch(new RegExp(`port ${port} .*taken.*--port`));
    await new Promise((resolve) => free.close(resolve));
    await start(["--port", String(port)], { PORT: "1" });
    expect(running?.url).toBe(`http://127.0.0.1:${port}`);
  });

  test("only on this machine while nobody is named as its administrator", async () => {
    expect(await refusal(["--host", "0.0.0.0"])).toMatch(/admin token.*DRAWBRIDGE_ADMIN_TOKEN/);
    await start(["--host", "0.0.0.0"], { DRAWBRIDGE_ADMIN_TOKEN: "a-token-of-twenty-characters" });
    expect((await fetch(`${running?.url}/healthz`)).status).toBe(200);
    expect(output).not.toContain("a-token-of-twenty-characters");
  });
});

describe("a gateway does not start", () => {
  test.each([
    ["with an argument that is none", ["--prot", "1"], /--prot/],
    ["with a port that is none", ["--port", "80800"], /80800.*65535/],
    ["with a configuration that is not there", ["--config", "nowhere.yaml"], /nowhere\.yaml/],
  ])("%s, and says why", async (_, argv, why) => {
    expect(await refusal(argv)).toMatch(why);
  });

  test("with a wrong configuration, and says everything that is wrong at once, with its place and what was meant", async () => {
    await writeFile(
      path.join(cwd, "drawbridge.yaml"),
      [
        "server: { prot: 80 }",
        "providers:",
        '  openai: { apiKey: "${NOT_SET_ANYWHERE}" }',
        "  gpu: { kind: openai-chatt, baseUrl: http://10.0.0.5:8000/v1 }",
        "models:",
        "  - { match: claude-*, target: gpuu/qwen }",
        "keys: [{ name: alice, value: 5 }]",
      ].join("\n"),
    );
    const said = await refusal([]);
    expect(said).toMatch(/:1:\d+: server\.prot: .*"port"/);
    expect(said).toMatch(/providers\.openai\.apiKey: .*NOT_SET_ANYWHERE/);
    expect(said).toMatch(/providers\.gpu\.kind: .*"openai-chat"/);
    expect(said).toMatch(/models\[0\]\.target: .*"gpu"/);
    expect(said).toMatch(/keys\[0\]\.value: /);
  });
});

test("as a process it prints mistakes without a stack and leaves with 1, and tells help and version", async () => {
  const main = path.resolve(import.meta.dirname, "../src/main.ts");
  const run = async (...argv: readonly string[]): Promise<{ code: number | null; text: string }> => {
    const child = spawn(process.execPath, ["--conditions=@drawbridge/source", main, ...argv], { cwd, env: {} });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
    return new Promise((resolve) => child.once("close", (code) => resolve({ code, text })));
  };
  const wrong = await run("--config", "nowhere.yaml");
  expect(wrong.code).toBe(1);
  expect(wrong.text).not.toMatch(/^\s+at /m);
  expect(await run("--help")).toMatchObject({ code: 0, text: expect.stringContaining("--config FILE") });
  expect(await run("--version")).toMatchObject({ code: 0, text: expect.stringMatching(/^\d+\.\d+\.\d+/) });
});

test("what the demo streams follows the order of the Messages API", async () => {
  const { url } = await start();
  const { text } = await post(url, ask(true), { key: shownKey() });
  const types = readEvents(text).map(({ type }) => type);
  expect(types.at(0)).toBe("message_start");
  expect(types.slice(-2)).toEqual(["message_delta", "message_stop"]);
});
