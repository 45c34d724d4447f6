import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { claudeBinary, installHint } from "./claude-binary.ts";

export interface ClaudeRun {
  /** Without `/anthropic`, which is added; or with any path, which is taken as it is. */
  readonly gatewayUrl: string;
  readonly key: string;
  readonly prompt: string;
  readonly cwd: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Home of the client, to continue a session there; a fresh one that is removed afterwards when missing. */
  readonly home?: string;
  readonly timeoutMs?: number;
}

/** One line of `--output-format stream-json`. */
export type ClaudeEvent = Readonly<Record<string, unknown>> & { readonly type: string; readonly subtype?: string };

/** The last event of a run. */
export interface ClaudeResult {
  readonly is_error: boolean;
  /** The last text of the model, or the sentence that the user is shown when the run failed. */
  readonly result: string;
  readonly num_turns: number;
  readonly session_id: string;
  readonly usage: Readonly<Record<string, unknown>>;
}

export interface ClaudeOutcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly events: readonly ClaudeEvent[];
  readonly result: ClaudeResult;
  readonly durationMs: number;
}

/**
 * Runs the real Claude Code headless against a gateway, with an environment of its own. Throws when it says
 * nothing that can be read within `timeoutMs` (100 s when missing).
 */
export async function runClaude(run: ClaudeRun): Promise<ClaudeOutcome> {
  const home = run.home ?? (await mkdtemp(path.join(tmpdir(), "drawbridge-home-")));
  try {
    await mkdir(path.join(home, ".claude"), { recursive: true });
    return await execute(run, home);
  } finally {
    if (run.home === undefined) await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function execute(run: ClaudeRun, home: string): Promise<ClaudeOutcome> {
  const binary = claudeBinary();
  if (binary === undefined) throw new Error(`Claude Code is not installed: ${installHint}`);
  const began = performance.now();
  const child = spawn(
    binary,
    ["-p", run.prompt, "--output-format", "stream-json", "--verbose", ...(run.args ?? [])],
    // With an open stdin the client waits for more of the prompt.
    { cwd: run.cwd, env: environment(run, home), stdio: ["ignore", "pipe", "pipe"] },
  );
  const stdout = gather(child.stdout);
  const stderr = gather(child.stderr);
  const timer = setTimeout(() => child.kill("SIGKILL"), run.timeoutMs ?? 100_000);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  clearTimeout(timer);
  const events = readEvents(stdout());
  const result = events.findLast(isResult);
  if (result === undefined) {
    throw new Error(`Claude Code ended with ${exitCode} and no result\nstdout: ${stdout()}\nstderr: ${stderr()}`);
  }
  return { exitCode, stdout: stdout(), stderr: stderr(), events, result, durationMs: performance.now() - began };
}

function environment({ gatewayUrl, key, env }: ClaudeRun, home: string): Record<string, string> {
  const base = new URL(gatewayUrl);
  if (base.pathname === "/") base.pathname = "/anthropic";
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: home,
    CLAUDE_CONFIG_DIR: path.join(home, ".claude"),
    TERM: "dumb",
    LANG: "C.UTF-8",
    ANTHROPIC_BASE_URL: base.href,
    ANTHROPIC_AUTH_TOKEN: key,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    DISABLE_TELEMETRY: "1",
    DISABLE_ERROR_REPORTING: "1",
    ...env,
  };
}

function gather(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}

function readEvents(stdout: string): ClaudeEvent[] {
  return stdout.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as ClaudeEvent] : []));
}

function isResult(event: ClaudeEvent): event is ClaudeEvent & ClaudeResult {
  return event.type === "result";
}
