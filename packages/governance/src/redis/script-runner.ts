import { createHash } from "node:crypto";
import type { RedisClient } from "./redis-client.ts";
import { partitionKeys } from "./partition-keys.ts";
import { type ReplyPart, scriptReply, textIn } from "./script-reply.ts";
import { type StepName, stepScripts } from "./scripts/step-scripts.ts";

/** What running scripts needs. */
export interface ScriptRunnerOptions {
  readonly client: RedisClient;
  readonly prefix: string;
  /** Whether what a server held before it was started anew is to be refused. */
  readonly fenced: boolean;
  /** What scripts take for the time; that of Redis unless told. */
  readonly serverTime: (() => number) | undefined;
}

interface LoadedScript {
  readonly text: string;
  readonly sha: string;
}

/**
 * Runs the steps on partitions, each in one round trip once the server knows the script.
 *
 * Where a fence is wanted, the scripts of each run of a server differ in their first line: a server that was started
 * anew, or another one that took over, does not know them, whatever else it has kept. Only then is it asked for its run,
 * and what was not filled in that run answers `fenced`.
 */
export class ScriptRunner {
  readonly #options: ScriptRunnerOptions;
  readonly #scripts = new Map<string, LoadedScript>();
  readonly #runs = new Map<string, string>();
  readonly #seen = new Map<string, number>();
  #lastRun = "";

  constructor(options: ScriptRunnerOptions) {
    this.#options = options;
  }

  /** Runs a step. Rejects with what the client rejects with. */
  async run(step: StepName, partition: string, args: readonly (string | number)[]): Promise<readonly ReplyPart[]> {
    const keys = partitionKeys(this.#options.prefix, partition);
    const known = this.#options.fenced ? (this.#runs.get(partition) ?? this.#lastRun) : "";
    const { client, fenced } = this.#options;
    // Scripts of no run are those of others, who refuse nothing.
    const isKnown = !fenced || known !== "";
    try {
      const { sha } = this.#script(step, known);
      if (isKnown) {
        return scriptReply(await client.evalsha(sha, keys.length, ...keys, ...this.#head(partition, known), ...args));
      }
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
    }
    const run = fenced ? await this.#askRun(partition, keys) : "";
    const { text } = this.#script(step, run);
    return scriptReply(await client.eval(text, keys.length, ...keys, ...this.#head(partition, run), ...args));
  }

  /** Notes how far a partition has come: state from before is refused from now on. */
  saw(partition: string, seq: number): void {
    if (seq > (this.#seen.get(partition) ?? 0)) this.#seen.set(partition, seq);
  }

  #head(partition: string, run: string): readonly (string | number)[] {
    return [run, this.#seen.get(partition) ?? 0, this.#options.serverTime?.() ?? ""];
  }

  #script(step: StepName, run: string): LoadedScript {
    const key = `${step} ${run}`;
    let script = this.#scripts.get(key);
    if (script === undefined) {
      const text = `-- drawbridge limits 1: ${step} ${run}\n${stepScripts[step]}`;
      script = { text, sha: createHash("sha1").update(text).digest("hex") };
      this.#scripts.set(key, script);
    }
    return script;
  }

  async #askRun(partition: string, keys: readonly string[]): Promise<string> {
    const info = textIn(scriptReply([await this.#options.client.eval(infoScript, keys.length, ...keys)])[0]);
    const run = /^run_id:(\w+)/mu.exec(info)?.[1] ?? "unknown";
    this.#runs.set(partition, run);
    this.#lastRun = run;
    return run;
  }
}

const infoScript = "return redis.call('INFO', 'server')";
