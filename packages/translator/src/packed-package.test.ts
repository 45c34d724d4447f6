import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assembleAnswer } from "./messages/assemble.ts";
import { genericChat } from "./dialects/openai-chat/profile.ts";
import { readEvents } from "./testing/read-events.ts";
import { chatSpeaker } from "./testing/walk/chat-speaker.ts";
import { converseSpeaker } from "./testing/walk/converse-speaker.ts";
import { geminiSpeaker } from "./testing/walk/gemini-speaker.ts";
import { messagesSpeaker } from "./testing/walk/messages-speaker.ts";
import { responsesSpeaker } from "./testing/walk/responses-speaker.ts";
import type { Speaker } from "./testing/walk/speaker.ts";

// The package as npm gives it to a user: packed, installed alone into an empty folder, and run there.

const home = path.resolve(import.meta.dirname, "..");
const require = createRequire(import.meta.url);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "drawbridge-packed-"));
  await run(process.execPath, [compiler(), "--build", path.join(home, "tsconfig.build.json")], home);
  await run("pnpm", ["pack", "--pack-destination", folder], home);
  // Its one dependency comes from here as well, so that nothing is asked for over the network.
  const parser = path.dirname(require.resolve("eventsource-parser/package.json"));
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder, parser], folder);
  const tarballs = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const files = tarballs.map((name) => `./${name}`);
  await run("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", ...files], folder);
  await writeFile(path.join(folder, "cases.json"), JSON.stringify(cases.map(caseOf)));
  await writeFile(path.join(folder, "program.js"), program);
  await copyFile(path.join(home, "examples/in-front-of-fetch.ts"), path.join(folder, "in-front-of-fetch.ts"));
}, 60_000);
afterAll(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

test("brings nothing along but itself and the parser of event streams", () => {
  const names = readdirSync(path.join(folder, "node_modules")).filter((name) => !name.startsWith("."));
  expect(names.toSorted()).toEqual(["@drawbridge", "eventsource-parser"]);
  const installed = path.join(folder, "node_modules/@drawbridge/translator");
  expect(existsSync(path.join(installed, "src/testing"))).toBe(false);
  const manifest = readFileSync(path.join(installed, "package.json"), "utf8");
  expect(manifest).not.toMatch(/workspace:|catalog:/);
});

test("gives every name that its source gives", async () => {
  const source: object = await import("./index.ts");
  const code = 'import * as all from "@drawbridge/translator"; console.log(JSON.stringify(Object.keys(all)))';
  await writeFile(path.join(folder, "names.js"), code);
  const names = await run(process.execPath, ["names.js"], folder);
  expect(JSON.parse(names)).toEqual(Object.keys(source).toSorted());
});

const readme = readFileSync(path.join(home, "README.md"), "utf8");
const blocks = Array.from(readme.matchAll(/```ts\n([\s\S]*?)```/g), ([, code]) => code ?? "");
/** What the blocks take for granted. */
const surroundings = [
  "declare const body: Uint8Array;",
  "declare const answer: AsyncIterable<Uint8Array>;",
  "declare function send(body: BodyInit): void;",
  "declare function log(dropped: unknown): void;",
  "declare function write(bytes: Uint8Array): void;",
  "declare function record(metered: unknown): void;",
].join("\n");

test.each(["node16", "bundler"])("the README's code passes the type checker with %s resolution", async (resolution) => {
  expect(blocks.length).toBeGreaterThanOrEqual(2);
  const files = blocks.map((_, number) => `block-${number}.ts`);
  await Promise.all(
    blocks.map((code, number) => writeFile(path.join(folder, `block-${number}.ts`), `${code}\n${surroundings}\n`)),
  );
  const options = {
    module: resolution === "bundler" ? "esnext" : resolution,
    moduleResolution: resolution,
    target: "es2024",
    lib: ["es2024", "dom", "dom.iterable"],
    types: [],
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  };
  const project = path.join(folder, `tsconfig.${resolution}.json`);
  await writeFile(project, JSON.stringify({ compilerOptions: options, files }));
  expect(await run(process.execPath, [compiler(), "--project", project], folder)).toBe("");
});

const cases: readonly (readonly [name: string, speaker: Speaker])[] = [
  ["anthropicMessages", messagesSpeaker("claude-sonnet-5-5", "claude")],
  ["openaiChat", chatSpeaker("qwen3-coder", genericChat)],
  ["openaiResponses", responsesSpeaker("gpt-5.6")],
  ["gemini", geminiSpeaker("gemini-3.8-flash", true)],
  ["bedrockConverse", converseSpeaker("us.amazon.nova-2-lite-v1:0")],
];
const call = { id: "call_1", name: "Read", input: { file_path: "/ä" } };
const spoken = { thinking: undefined, state: "c3RhdGU=", text: "Ich lese — é🙂.", calls: [call] };

function caseOf([name, speaker]: (typeof cases)[number]): object {
  return { name, target: speaker.target, wire: Buffer.from(speaker.say(spoken)).toString("base64") };
}

/** Written for no runtime: translates a request and a streamed answer for each dialect, then by the README's example. */
const program = `
import * as library from "@drawbridge/translator";
import { answerMessages } from "./in-front-of-fetch.ts";
import cases from "./cases.json" with { type: "json" };

const request = {
  model: "claude-sonnet-5-5", max_tokens: 1000, stream: true,
  tools: [{ name: "Read", input_schema: { type: "object", properties: { file_path: { type: "string" } } } }],
  messages: [{ role: "user", content: "Lies /ä" }],
};
const body = new TextEncoder().encode(JSON.stringify(request));
const text = (bytes) => new TextDecoder().decode(bytes);
const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const results = cases.map(({ name, target, wire }) => {
  const context = { messageId: "msg_1", askedModel: "claude-sonnet-5-5" };
  const call = library[name].translate({ body, envelope: library.readEnvelope(body) }, target, context);
  const stream = call.answerStream();
  const bytes = bytesOf(wire);
  let told = "";
  const decoder = new TextDecoder();
  for (let at = 0; at < bytes.length; at += 7) told += decoder.decode(stream.push(bytes.subarray(at, at + 7)), { stream: true });
  return { name, sent: JSON.parse(text(call.body)), told: told + decoder.decode(stream.end()) };
});
const responses = bytesOf(cases.find(({ name }) => name === "openaiResponses").wire);
const asked = new Request("http://localhost/v1/messages", { method: "POST", body });
const answer = await answerMessages(asked, async () => new Response(responses), "http://provider.invalid/v1/responses");
console.log(JSON.stringify({ results, answer: await answer.text() }));
`;

const runtimes: Readonly<Record<string, () => readonly [binary: string, ...args: string[]]>> = {
  Node: () => [process.execPath],
  Bun: () => [binaryOf(require.resolve("bun/package.json"), "../@oven", "bin/bun"), "run"],
  Deno: () => [
    binaryOf(require.resolve("deno/package.json"), "../@deno", "deno"),
    "run",
    "--no-remote",
    "--cached-only",
    "--node-modules-dir=manual",
  ],
};

describe.each(Object.keys(runtimes))("in %s", (name) => {
  test("translates requests and streamed answers of every dialect", async () => {
    const [binary, ...args] = runtimes[name]?.() ?? [""];
    const { results, answer } = JSON.parse(await run(binary, [...args, "program.js"], folder));
    expect(results.map((result: { name: string }) => result.name)).toEqual(cases.map(([dialect]) => dialect));
    for (const { sent, told } of results) {
      expect(JSON.stringify(sent)).toContain("Lies /ä");
      expectTold(told);
    }
    expectTold(answer);
  });
});

function expectTold(events: string): void {
  const answer = assembleAnswer(readEvents(events));
  const content = answer?.content.filter((block) => block.type === "text" || block.type === "tool_use");
  expect(answer?.stop_reason).toBe("tool_use");
  expect(content).toMatchObject([
    { type: "text", text: spoken.text },
    { type: "tool_use", name: "Read", input: call.input },
  ]);
}

/** The binary in the platform's own package, which stands beside the package that asks for it. */
function binaryOf(manifest: string, scope: string, file: string): string {
  const beside = path.join(path.dirname(manifest), scope);
  const binaries = existsSync(beside) ? readdirSync(beside).map((one) => path.join(beside, one, file)) : [];
  const found = binaries.flatMap((one) => [one, `${one}.exe`]).find((one) => existsSync(one));
  if (found === undefined) throw new Error(`npm has no binary for ${process.platform}-${process.arch} in ${beside}`);
  return found;
}

function compiler(): string {
  return path.join(path.dirname(require.resolve("typescript/package.json")), "bin/tsc");
}

/** Runs a program to its end and gives what it printed; throws with everything that it said when it failed. */
async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, NODE_OPTIONS: "", DENO_DIR: path.join(folder, ".deno"), DENO_NO_UPDATE_CHECK: "1" };
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}\n${printed}\n${said}`);
  return printed;
}
