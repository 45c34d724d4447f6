import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "@drawbridge/governance/testing";
import { startChild, type Child } from "./processes/child.ts";
import { readNumber } from "./processes/read-number.ts";

export type SubjectName = "direct" | "bare proxy" | "pass-through" | "translating";

/** One way to the provider: what a request is sent to and which process's costs are measured. */
export interface Subject {
  readonly name: SubjectName;
  readonly origin: string;
  readonly path: string;
  /** The model a request names; decides the gateway's target. */
  readonly model: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined for the direct way, which has no process in between. */
  readonly child: Child | undefined;
}

/** A running loopback provider. */
export interface LoopbackProvider {
  readonly origin: string;
  readonly child: Child;
}

const gatewayScript = fileURLToPath(new URL("../../apps/gateway/dist/main.js", import.meta.url));

/** As the gateway's first line starts it; the yardstick is given the same, so that code is compared and not settings. */
function startFlags(): readonly string[] {
  const [line = ""] = readFileSync(gatewayScript, "utf8").split("\n", 1);
  return line.match(/--\S+/gu) ?? [];
}

const key = `sk-db-benchmark-${"0123456789abcdef".repeat(3)}`;
const nativeModel = "claude-opus-5-5";
const translatedModel = "claude-sonnet-5-5";
// The headers that Claude Code sends with each request.
const headers = {
  accept: "application/json",
  authorization: `Bearer ${key}`,
  "content-type": "application/json",
  "anthropic-version": "2023-06-01",
  "anthropic-beta":
    "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,effort-2025-11-24",
  "user-agent": "claude-cli/2.1.330 (external, cli)",
  "x-app": "cli",
  "x-claude-code-session-id": "00000000-0000-4000-8000-000000000001",
  "x-stainless-lang": "js",
  "x-stainless-retry-count": "0",
  "x-stainless-timeout": "600",
};
const path = "/v1/messages?beta=true";

const script = (name: string): string => fileURLToPath(new URL(`./processes/${name}.js`, import.meta.url));

/** Starts the provider that every request ends at. */
export async function startProvider(scratch: string): Promise<LoopbackProvider> {
  const child = startChild({ script: script("loopback-provider"), args: [], scratch, name: "provider" });
  const port = readNumber(await child.ask(), "port");
  return { origin: `http://127.0.0.1:${port}`, child };
}

/** The way without anything in between. */
export function directSubject(provider: LoopbackProvider): Subject {
  return { name: "direct", origin: provider.origin, path, model: nativeModel, headers, child: undefined };
}

/** What starting a measured process needs. */
export interface ProxyOptions {
  readonly provider: LoopbackProvider;
  readonly scratch: string;
  /** More flags for Node itself. */
  readonly nodeFlags?: readonly string[];
}

/** Starts the yardstick. */
export async function startBareProxy({ provider, scratch, nodeFlags = [] }: ProxyOptions): Promise<Subject> {
  const child = startChild({
    script: script("bare-proxy"),
    args: [provider.origin],
    scratch,
    name: "bare-proxy",
    nodeFlags: [...startFlags(), ...nodeFlags],
  });
  const port = readNumber(await child.ask(), "port");
  return { name: "bare proxy", origin: `http://127.0.0.1:${port}`, path, model: nativeModel, headers, child };
}

/** Which of the gateway's two ways is measured; each gets a process of its own. */
export type GatewayWay = "pass-through" | "translating";

/** Starts the built gateway. Throws with what it printed when it does not become healthy. */
export async function startGateway(way: GatewayWay, options: ProxyOptions): Promise<Subject> {
  const { provider, scratch, nodeFlags = [] } = options;
  // In a folder of its own: the gateway looks at its configuration whenever something near it changes, such as a log.
  const folder = join(scratch, way);
  mkdirSync(folder, { recursive: true });
  const config = join(folder, "drawbridge.yaml");
  writeFileSync(config, gatewayConfig(provider));
  const port = await freePort();
  const child = startChild({
    script: gatewayScript,
    args: ["--config", config, "--port", String(port)],
    scratch,
    name: way,
    env: { DRAWBRIDGE_HOME: join(scratch, `${way}-state`) },
    nodeFlags: [...startFlags(), ...nodeFlags],
  });
  const origin = `http://127.0.0.1:${port}`;
  await untilHealthy(origin, child);
  const model = way === "translating" ? translatedModel : nativeModel;
  return { name: way, origin, path: `/anthropic${path}`, model, headers, child };
}

function gatewayConfig({ origin }: LoopbackProvider): string {
  return [
    "providers:",
    `  native: { kind: anthropic-messages, baseUrl: "${origin}", apiKey: upstream-key }`,
    `  chat: { kind: openai-chat, baseUrl: "${origin}/v1", apiKey: upstream-key }`,
    "models:",
    `  - { match: ${nativeModel}, target: native/${nativeModel} }`,
    `  - { match: ${translatedModel}, target: chat/qwen3-coder }`,
    "keys:",
    `  - { name: benchmark, value: "${key}" }`,
    "",
  ].join("\n");
}

async function untilHealthy(origin: string, child: Child): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt++) {
    const healthy = await fetch(`${origin}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (healthy) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await child.stop();
  throw new Error(`the gateway did not become healthy within 15 s; it printed:\n${child.output().slice(-4_000)}`);
}
