import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** How a program is started. */
export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** File that takes what it prints; begun anew. */
  readonly logPath: string;
}

/** A program that the campaign owns: ended, frozen and thawed by its own pid and never by name. */
export interface OwnedProcess {
  readonly pid: number | undefined;
  readonly running: boolean;
  /** All it has printed. */
  output(): string;
  signal(name: NodeJS.Signals): void;
  /** Sends a signal and waits for the end; after `withinMs` it is killed. */
  end(name: NodeJS.Signals, withinMs?: number): Promise<void>;
  /** Comes back when `ready` says so; throws with what was printed when the program ends before, or after `withinMs`. */
  until(ready: () => boolean | Promise<boolean>, withinMs?: number): Promise<void>;
}

/** What is running: none of it outlives the campaign. */
const started = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of started) child.kill("SIGKILL");
});

/** Starts a program. */
export function startProcess({ command, args, cwd, env, logPath }: ProcessOptions): OwnedProcess {
  const log = openSync(logPath, "w");
  const child = spawn(command, [...args], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd, ...env },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  started.add(child);
  child.once("close", () => started.delete(child));
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  const output = (): string => readFileSync(logPath, "utf8");
  const told = (what: string): Error => new Error(`${command} ${what}; it printed:\n${output().slice(-4_000)}`);
  return {
    pid: child.pid,
    get running() {
      return isRunning(child);
    },
    output,
    signal: (name) => void child.kill(name),
    async end(name, withinMs = 10_000) {
      if (!isRunning(child)) return;
      // A frozen program hears nothing but SIGKILL.
      child.kill(name);
      const force = setTimeout(() => child.kill("SIGKILL"), withinMs);
      await ended;
      clearTimeout(force);
    },
    async until(ready, withinMs = 120_000) {
      for (const end = Date.now() + withinMs; !(await ready());) {
        if (!isRunning(child)) throw told("has ended");
        if (Date.now() > end) throw told(`was not ready within ${withinMs} ms`);
        await pause(50);
      }
    },
  };
}

function isRunning({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}
