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

interface Call {
  readonly step: StepName;
  readonly partition: string;
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
}

/** For so long after it was told to, no other process is to fill a partition. */
const oursMs = 1000;

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
  /** Scripts that are being given to a server, by the run that it was thought to be in. */
  readonly #loading = new Map<string, Promise<void>>();
  /** Until when partitions are for this process to fill, as it was told. */
  readonly #claims = new Map<string, number>();
  #lastRun = "";

  constructor(options: ScriptRunnerOptions) {
    this.#options = options;
  }

  /**
   * Runs a step. Rejects with what the client rejects with. When one step was told that this process is to fill the
   * partition, so are those that come after it: whichever of them sees to it does not wait for another process.
   */
  async run(step: StepName, partition: string, args: readonly (string | number)[]): Promise<readonly ReplyPart[]> {
    const { prefix, fenced } = this.#options;
    const call = { step, partition, keys: partitionKeys(prefix, partition), args };
    const known = fenced ? (this.#runs.get(partition) ?? this.#lastRun) : "";
    const reply = await this.#inRun(known, call);
    if (reply !== undefined) return reply;
    // Another step may be finding the server's run now and leave the script there, or have done so meanwhile.
    const loading = `${step} ${known}`;
    const isLoading = this.#loading.get(loading);
    if (isLoading !== undefined) await isLoading;
    const last = fenced ? this.#lastRun : "";
    const again = isLoading === undefined && last === known ? undefined : await this.#inRun(last, call);
    if (again !== undefined) {
      this.#runs.delete(partition);
      return again;
    }
    return this.#load(call, loading);
  }

  /** Notes how far a partition has come: state from before is refused from now on. */
  saw(partition: string, seq: number): void {
    if (seq > (this.#seen.get(partition) ?? 0)) this.#seen.set(partition, seq);
  }

  /** The answer of a server whose run that is; undefined where it is another one, or does not know the script yet. */
  async #inRun(run: string, { step, partition, keys, args }: Call): Promise<readonly ReplyPart[] | undefined> {
    // Scripts of no run are those of others, who refuse nothing.
    if (this.#options.fenced && run === "") return undefined;
    const { sha } = this.#script(step, run);
    try {
      const told = await this.#options.client.evalsha(
        sha,
        keys.length,
        ...keys,
        ...this.#head(partition, run),
        ...args,
      );
      return this.#forUs(partition, scriptReply(told));
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("NOSCRIPT")) return undefined;
      throw error;
    }
  }

  /** Asks the server for its run, and gives it the script; those that want the same one wait for that. */
  async #load({ step, partition, keys, args }: Call, loading: string): Promise<readonly ReplyPart[]> {
    const loaded = Promise.withResolvers<void>();
    this.#loading.set(loading, loaded.promise);
    try {
      const run = this.#options.fenced ? await this.#askRun(partition, keys) : "";
      const { text } = this.#script(step, run);
      const told = await this.#options.client.eval(text, keys.length, ...keys, ...this.#head(partition, run), ...args);
      return this.#forUs(partition, scriptReply(told));
    } finally {
      this.#loading.delete(loading);
      loaded.resolve();
    }
  }

  /** Called at once for each answer as it comes, so that none overtakes another. */
  #forUs(partition: string, reply: readonly ReplyPart[]): readonly ReplyPart[] {
    const [outcome, isOurs] = reply;
    if (outcome !== "fenced") this.#claims.delete(partition);
    else if (isOurs === 1) this.#claims.set(partition, performance.now() + oursMs);
    else if (performance.now() < (this.#claims.get(partition) ?? 0)) return ["fenced", 1];
    return reply;
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
