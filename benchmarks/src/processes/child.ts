import { fork, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AnswerMode } from "../workload/provider-answers.ts";

type Question = "cpu" | "memory" | AnswerMode;

/** A program that the benchmark has started, asks and stops. */
export interface Child {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Sends a message, if one is given, and gives back the next one that comes. Throws when the program has left. */
  ask(question?: Question): Promise<unknown>;
  /** What the program has printed so far; for telling why it failed. */
  output(): string;
  stop(): Promise<void>;
}

/** How to start a {@link Child}. */
export interface ChildOptions {
  readonly script: string;
  readonly args: readonly string[];
  /** Folder for the file that its output goes to. */
  readonly scratch: string;
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  /** More flags for Node itself, e.g. `--cpu-prof`. */
  readonly nodeFlags?: readonly string[];
}

/** Starts a program with the probe loaded before it. Its output goes to a file, as it would on a server. */
export function startChild(options: ChildOptions): Child {
  const outputPath = join(options.scratch, `${options.name}.log`);
  const output = openSync(outputPath, "w");
  const child = fork(options.script, [...options.args], {
    execArgv: ["--expose-gc", "--import", new URL("./probe.js", import.meta.url).href, ...(options.nodeFlags ?? [])],
    env: { PATH: process.env["PATH"], HOME: options.scratch, NODE_ENV: "production", ...options.env },
    stdio: ["ignore", output, output, "ipc"],
  });
  closeSync(output);
  return {
    pid: child.pid,
    ask: (question) => ask(child, question),
    output: () => readFileSync(outputPath, "utf8"),
    stop: () => stop(child),
  };
}

function ask(child: ChildProcess, question: Question | undefined): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      child.off("message", answer);
      reject(new Error("the measured process has left"));
    };
    const answer = (message: unknown): void => {
      child.off("exit", leave);
      resolve(message);
    };
    if (child.exitCode !== null || child.signalCode !== null) {
      leave();
      return;
    }
    child.once("message", answer);
    child.once("exit", leave);
    if (question !== undefined) child.send(question);
  });
}

/** By the signal after which a gateway leaves at once, and writes its profile. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const left = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGINT");
  const force = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await left;
  clearTimeout(force);
}
