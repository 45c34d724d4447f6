import fc from "fast-check";
import { expect, test } from "vitest";
import { type ConfigLoad, loadConfig, type LoadOptions } from "./load-config.ts";
import { formatProblem } from "./problem.ts";

const kinds = [
  { id: "anthropic", baseUrl: "https://api.anthropic.com" },
  { id: "openai", baseUrl: "https://api.openai.com/v1" },
  { id: "groq", baseUrl: "https://api.groq.com/openai/v1" },
  { id: "openai-chat" },
  { id: "anthropic-messages" },
];

const env = { OPENAI_API_KEY: "sk-openai-0123456789", ALICE_KEY: "sk-db-alice-0123456789", PORT_OF_GATEWAY: "9090" };

async function load(text: string, more: Partial<LoadOptions> = {}): Promise<ConfigLoad> {
  const readFile = async (file: string): Promise<string> => {
    if (file === "/etc/drawbridge/secrets/key") return "sk-from-file-0123456789\n";
    throw Object.assign(new Error(`ENOENT: ${file}`), { code: "ENOENT" });
  };
  return loadConfig(text, { env, readFile, fileName: "/etc/drawbridge/drawbridge.yaml", kinds, ...more });
}

async function config(text: string, more?: Partial<LoadOptions>): Promise<(ConfigLoad & { ok: true })["config"]> {
  const result = await load(text, more);
  if (!result.ok) throw new Error(result.problems.map((problem) => formatProblem(problem, "c")).join("\n"));
  return result.config;
}

async function problems(text: string, more?: Partial<LoadOptions>): Promise<string[]> {
  const result = await load(text, more);
  return result.ok ? [] : result.problems.map((problem) => formatProblem(problem, "c"));
}

const example = `
server:    { host: 127.0.0.1, port: 8080 }
providers:
  openai:    { apiKey: "\${OPENAI_API_KEY}" }
  gpu:       { kind: openai-chat, baseUrl: http://10.0.0.5:8000/v1, apiKey: "\${GPU_KEY:-}" }
  claude-eu: { kind: anthropic-messages, baseUrl: https://eu.example.com, apiKey: "\${file:secrets/key}" }
models:
  - match: claude-sonnet-4-6
    target: gpu/qwen/qwen3-coder
  - match: claude-haiku-*
    target: openai/gpt-5-mini
keys:
  - name: alice
    value: "\${ALICE_KEY}"
    models: { allow: ["claude-*", "gpu/*"] }
`;

test("a whole configuration loads with its references followed and its defaults filled in", async () => {
  const loaded = await config(example);
  expect(loaded.server).toEqual({
    host: "127.0.0.1",
    port: 8080,
    adminToken: undefined,
    bodyLimitBytes: 33_554_432,
    pingMs: 10_000,
    noticeMs: 5_000,
    drainMs: 600_000,
    connectionsPerAddress: undefined,
    trustedProxies: [],
  });
  expect(Object.keys(loaded.providers)).toEqual(["openai", "gpu", "claude-eu"]);
  expect(loaded.providers["openai"]?.apiKey?.reveal()).toBe(env.OPENAI_API_KEY);
  expect(loaded.providers["gpu"]?.apiKey).toBeUndefined();
  expect(loaded.providers["claude-eu"]?.apiKey?.reveal()).toBe("sk-from-file-0123456789");
  expect(loaded.models[0]).toEqual({
    match: "claude-sonnet-4-6",
    chain: [{ targets: [{ target: "gpu/qwen/qwen3-coder" }] }],
  });
  expect(loaded.directory.keys[0]).toMatchObject({ name: "alice", models: { allow: ["claude-*", "gpu/*"], deny: [] } });
  expect(loaded.directory.keys[0]?.value.reveal()).toBe(env.ALICE_KEY);
  expect(loaded.log).toEqual({ level: "info" });
});

test("settings of a provider come out as a provider takes them", async () => {
  const loaded = await config(`
providers:
  openai:
    timeouts: { connect: 5s, firstByte: "10m", idle: 90000, total: 1h }
    headers: { x-team: "core" }
    models: [gpt-5]
    chat: { maxTokensField: max_completion_tokens, efforts: [low, high], maxTools: 128 }
`);
  const { headers, ...rest } = loaded.providers["openai"] ?? {};
  expect(rest).toEqual({
    timeouts: { connectMs: 5_000, firstByteMs: 600_000, idleMs: 90_000, totalMs: 3_600_000 },
    models: ["gpt-5"],
    chat: { maxTokensField: "max_completion_tokens", efforts: ["low", "high"], maxTools: 128 },
  });
  expect(String(headers?.["x-team"])).toBe("[secret]");
});

test("references work wherever text stands, and numbers may come from them", async () => {
  const loaded = await config(`
server: { port: "\${PORT_OF_GATEWAY}", bodyLimit: "\${LIMIT:-1MB}" }
providers: { gpu: { kind: openai-chat, baseUrl: "http://\${HOST:-10.0.0.5}:8000/v1", models: ["$\${plain}", "$5"] } }
`);
  expect(loaded.server).toMatchObject({ port: 9090, bodyLimitBytes: 1_048_576 });
  expect(loaded.providers["gpu"]).toMatchObject({ baseUrl: "http://10.0.0.5:8000/v1", models: ["${plain}", "$5"] });
});

test("says which files it refers to, whether they exist or not", async () => {
  expect((await load(example)).files).toEqual(["/etc/drawbridge/secrets/key"]);
  const text = `providers: { openai: { apiKey: "\${file:/nowhere}" } }`;
  expect(await load(text)).toMatchObject({ ok: false, files: ["/nowhere"] });
});

test("a key with nothing behind it is no setting, and a provider with nothing behind it has none", async () => {
  const loaded = await config("server:\nproviders:\n  openai:\nkeys:\n");
  expect(loaded).toMatchObject({ server: { port: 8080 }, providers: { openai: {} }, directory: { keys: [] } });
});

test("anchors and merge keys work", async () => {
  const loaded = await config(`
providers:
  a: &base { kind: openai-chat, baseUrl: http://a/v1 }
  b: { <<: *base, baseUrl: http://b/v1 }
`);
  expect(loaded.providers["b"]).toMatchObject({ kind: "openai-chat", baseUrl: "http://b/v1" });
});

test("the admin token comes from its variable when the file names none", async () => {
  const text = "server: { host: 0.0.0.0 }";
  const variable = { DRAWBRIDGE_ADMIN_TOKEN: "admin-0123456789-0123456789" };
  expect((await config(text, { env: variable })).server.adminToken?.reveal()).toBe(variable.DRAWBRIDGE_ADMIN_TOKEN);
  const both = "server: { host: 0.0.0.0, adminToken: from-the-file-0123456789 }";
  expect((await config(both, { env: variable })).server.adminToken?.reveal()).toBe("from-the-file-0123456789");
});

test("every problem is told at once, in the order of the file, with place, path, what was seen and what is wanted", async () => {
  const text = `server: { host: 0.0.0.0, port: 99999, prot: 1 }
providers:
  openai: { apiKey: "\${OPEN_API_KY}", basUrl: x }
  grok: {}
  gpu: { kind: openai-chat }
  odd: { kind: openai-caht, timeouts: { idle: soon } }
models:
  - match: claude-*
    target: grok2/x
  - match: claude-*
    target: gpt-5
  - target: opena/gpt-5
keys:
  - name: alice
    value: "\${ALICE_KEY}"
    models: { alow: [] }
  - name: alice
    value: "\${ALICE_KEY}"
    models: { deny: ["{a,b}"] }
log: { level: loud }
`;
  expect(await problems(text)).toEqual([
    "c:1:17: server.host: other machines can reach this address, so an admin token is needed; set server.adminToken or DRAWBRIDGE_ADMIN_TOKEN, or listen on 127.0.0.1",
    "c:1:32: server.port: 99999 is not possible; wanted a whole number from 0 to 65535 (0 takes a free port)",
    'c:1:39: server.prot: there is no such setting; did you mean "port"?',
    "c:3:21: providers.openai.apiKey: the environment variable OPEN_API_KY is not set; did you mean OPENAI_API_KEY? (a default can be given: ${OPEN_API_KY:-default})",
    'c:3:39: providers.openai.basUrl: there is no such setting; did you mean "baseUrl"?',
    'c:4:9: providers.grok.kind: missing, and the name "grok" is no kind either; did you mean "groq"?; wanted one of anthropic, openai, groq, openai-chat, anthropic-messages',
    'c:5:8: providers.gpu.baseUrl: missing; a provider of the kind "openai-chat" has no address of its own, give that of the server',
    'c:6:16: providers.odd.kind: "openai-caht" is no kind of provider; did you mean "openai-chat"?',
    'c:6:47: providers.odd.timeouts.idle: "soon" is not possible; wanted a duration such as 500ms, 10s or 5m, from 1 ms to 24 days',
    'c:9:13: models[0].target: "grok2/x": there is no provider "grok2"; did you mean "grok"?',
    "c:10:12: models[1].match: the same as in models[0], so this one would never count",
    'c:11:13: models[1].target: "gpt-5" is not possible; wanted provider/model, such as openai/gpt-5',
    "c:12:5: models[2].match: missing; wanted name or glob",
    'c:12:13: models[2].target: "opena/gpt-5": there is no provider "opena"; did you mean "openai"?',
    'c:16:15: keys[0].models.alow: there is no such setting; did you mean "allow"?',
    'c:17:11: keys[1].name: "alice" is also the name of keys[0]; rename one',
    'c:18:12: keys[1].value: key "alice" has the value of key "alice"; give each its own',
    'c:19:22: keys[1].models.deny[0]: the pattern "{a,b}" contains "{"; the only wildcard is *, for any characters',
    'c:20:15: log.level: "loud" is not possible; wanted one of trace, debug, info, warn, error, fatal, silent',
  ]);
});

test.each([
  ["a syntax error", "server: { port: 1", /^c:1:18: not valid YAML/],
  ["a duplicate key", "server: {}\nlog: {}\nserver: {}\n", /^c:3:1: this key stands here twice/],
  ["two documents", "server: {}\n---\nlog: {}\n", /^c:2:1: not valid YAML/],
  ["nothing", "# only a comment\n", /the file holds no settings/],
  ["a list", "- a\n- b\n", /^c:1:1: a list is not possible; wanted settings/],
  ["text", "hello", /^c:1:1: "hello" is not possible; wanted settings/],
  ["an unknown variable", "server: { host: '${NOWHERE_AT_ALL}' }", /NOWHERE_AT_ALL is not set/],
  [
    "a missing file",
    "providers: { openai: { apiKey: '${file:gone}' } }",
    /file \/etc\/drawbridge\/gone does not exist/,
  ],
  ["an odd reference", "server: { host: '${A B}' }", /\$\{…\} that is no reference/],
  ["an open reference", "server: { host: '${OPEN' }", /is not set|no reference/],
  [
    "a provider that is text",
    "providers: { openai: sk-x }",
    /providers\.openai: "sk-x" is not possible; wanted settings/,
  ],
  [
    "an odd provider name",
    "providers: { 'my gpu': { kind: openai } }",
    /providers\["my gpu"\]: not possible as a provider's name/,
  ],
  ["the name of the aliases", "providers: { claude-gateway: { kind: openai } }", /kept for aliases/],
  [
    "a target where there are no providers",
    "models: [{ match: a, target: openai/b }]",
    /list it under "providers" first/,
  ],
  ["a target with a glob", "providers: { openai: }\nmodels: [{ match: a*, target: openai/* }]", /takes no \*/],
  [
    "an empty key",
    "keys: [{ name: a, value: '${X:-}' }]",
    /keys\[0\]\.value: this text is not possible; wanted something that is not empty/,
  ],
  ["a key that no header carries", "keys: [{ name: a, value: 'two words' }]", /visible ASCII/],
])("refuses %s", async (_, text, expected) => {
  expect((await problems(text)).join("\n")).toMatch(expected);
});

test("aliases that multiply beyond measure are refused", async () => {
  const layers = Array.from(
    { length: 9 },
    (_, at) => `l${at + 1}: &l${at + 1} [${Array(9).fill(`*l${at}`).join(", ")}]`,
  );
  expect(await problems(["l0: &l0 [x]", ...layers].join("\n"))).toEqual([expect.stringMatching(/^c:1:1: the aliases/)]);
});

test("a problem behind an alias is shown where the value stands", async () => {
  const text =
    "providers:\n  a: &base { kind: openai-chat, baseUrl: http://a/v1, timeouts: { idle: soon } }\n  b: *base\n";
  expect(await problems(text)).toEqual([
    expect.stringMatching(/^c:2:73: providers\.a\.timeouts\.idle: "soon"/),
    expect.stringMatching(/^c:2:73: providers\.b\.timeouts\.idle: "soon"/),
  ]);
});

test("names that JavaScript gives a meaning are names like others", async () => {
  const text =
    "providers: { constructor: { kind: openai }, toString: { kind: groq } }\nmodels: [{ match: a, target: valueOf/x }]";
  expect(await problems(text)).toEqual([expect.stringContaining('there is no provider "valueOf"')]);
  expect(await problems('"__proto__": { x: 1 }')).toEqual([
    expect.stringContaining("__proto__: there is no such setting"),
  ]);
});

test("what is wrong with a provider beyond the schema is told with the rest", async () => {
  const checkProvider: LoadOptions["checkProvider"] = (name, { baseUrl }) =>
    baseUrl === "ftp://x" ? [{ setting: "baseUrl", message: `${name} has no web address` }] : [];
  const text = "providers:\n  openai: { baseUrl: ftp://x }\n  groq: { baseUrl: '${UNSET}' }\nlog: { level: x }";
  const told = await problems(text, { checkProvider });
  expect(told[0]).toBe("c:2:22: providers.openai.baseUrl: openai has no web address");
  expect(told).toHaveLength(3);
});

test("two references that lead nowhere in one text are both told", async () => {
  expect(await problems("providers: { openai: { baseUrl: '${FIRST_ONE}${OTHER_ONE}' } }")).toHaveLength(2);
});

test("a guessable key is a warning, not a problem", async () => {
  const result = await load("keys: [{ name: a, value: short }, { name: b, value: long-enough-0123456789 }]");
  expect(result).toMatchObject({ ok: true, warnings: [{ path: "keys[0].value", line: 1, column: 26 }] });
});

test("no problem shows what came from a reference or stands where a secret belongs", async () => {
  const canary = "canary value 0123456789";
  const text = `
server: { host: "\${CANARY}", port: "\${CANARY}", adminToken: "\${CANARY}" }
providers:
  a: { kind: "\${CANARY}", baseUrl: "\${CANARY}", headers: "\${CANARY}" }
  b: "\${CANARY}"
  openai: { apiKey: [canary value 0123456789], headers: { x: [canary value 0123456789] } }
models: [{ match: "\${CANARY}", target: "\${CANARY}" }, { match: "\${CANARY}", target: "a\${CANARY}/b" }]
keys: [{ name: "\${CANARY}", value: "canary value 0123456789", models: { allow: ["\${CANARY}"] } }]
log: { level: "\${CANARY}" }
`;
  const told = await problems(text, { env: { CANARY: canary } });
  expect(told.length).toBeGreaterThan(8);
  expect(told.join("\n")).not.toContain("canary");
});

test("any YAML at all gives a configuration or problems with places, never an exception", async () => {
  const keys = fc.constantFrom("server", "providers", "models", "keys", "host", "port", "openai", "match", "__proto__");
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant("${X}"));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie("tree"), { maxLength: 3 }), fc.dictionary(keys, tie("tree"))),
  }));
  const texts = fc.oneof(
    tree.map((value) => JSON.stringify(value)),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const result = await load(text);
      if (result.ok) return;
      expect(result.problems.length).toBeGreaterThan(0);
      for (const problem of result.problems) expect(problem.line).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});
