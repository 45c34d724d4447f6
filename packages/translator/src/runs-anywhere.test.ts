import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";

const entry = new URL("./index.ts", import.meta.url);

/** The specifiers of everything that a module and what it imports refer to, types left out. */
function specifiersFrom(start: URL): { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const open = [start];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (files.has(file.href)) continue;
    files.add(file.href);
    const source = readFileSync(file, "utf8");
    for (const [, specifier = ""] of source.matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)";/gm)) {
      if (specifier.startsWith(".")) open.push(new URL(specifier, file));
      else packages.add(specifier);
    }
    expect(source, `${file.pathname} imports at run time`).not.toMatch(/\bimport\(|\brequire\(/);
  }
  return { files, packages };
}

test("the main entry imports no Node built-in, and one package beside its own files", () => {
  const { files, packages } = specifiersFrom(entry);
  expect(files.size).toBeGreaterThan(100);
  expect([...packages].filter((name) => isBuiltin(name))).toEqual([]);
  expect([...packages]).toEqual(["eventsource-parser"]);
});

/** Takes from a thread what only Node has, then translates a request and its answer there. */
const withoutNode = `
  const { parentPort, workerData } = require("node:worker_threads");
  const own = ["process", "Buffer", "global", "setImmediate", "clearImmediate", "navigator"];
  for (const name of own) delete globalThis[name];
  globalThis.require = undefined;
  import(workerData).then((library) => {
    const body = new TextEncoder().encode(JSON.stringify({
      model: "claude", max_tokens: 100, stream: true, messages: [{ role: "user", content: "hello" }],
    }));
    const call = library.openaiChat.translate(
      { body, envelope: library.readEnvelope(body) },
      { model: "m", chat: library.genericChat },
      { messageId: "msg_1", askedModel: "claude" },
    );
    const stream = call.answerStream();
    const wire = 'data: {"choices":[{"delta":{"content":"hi"},"finish_reason":"stop"}]}\\n\\ndata: [DONE]\\n\\n';
    const told = [stream.push(new TextEncoder().encode(wire)), stream.end()].map((part) => new TextDecoder().decode(part));
    parentPort.postMessage({ left: own.filter((name) => name in globalThis), sent: new TextDecoder().decode(call.body), told: told.join("") });
  }).catch((error) => parentPort.postMessage({ failed: String(error) }));
`;

test("a request and its answer are translated in a thread that has nothing of Node's own", async () => {
  const worker = new Worker(withoutNode, { eval: true, workerData: entry.href, execArgv: [] });
  const message: unknown = await new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  await worker.terminate();
  expect(message).toMatchObject({ left: [], told: expect.stringContaining('"text":"hi"') });
  expect(message).toMatchObject({
    sent: expect.stringContaining("hello"),
    told: expect.stringContaining("message_stop"),
  });
});
