import { randomUUID } from "node:crypto";
import { link, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { StartError } from "../start-error.ts";

/** A folder that no other gateway may use meanwhile. */
export interface FolderLock {
  /** Lets others have it. */
  release(): Promise<void>;
}

/** Who has a folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Tells a process from another one that has got its number. */
  readonly startedMs: number;
}

const beatMs = 5_000;
/** A holder that has shown no sign of life for so long is taken for dead. */
const silentMs = 20_000;
const startedWithinMs = 2_000;

/**
 * Takes a folder for this process. One whose holder is gone is free: its process has ended, or shows no sign of life. Throws
 * a StartError when another process has it.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const file = path.join(folder, "lock");
  const me: Holder = { pid: process.pid, host: hostname(), startedMs: startOfProcess() };
  // Each round gets rid of one dead holder, or ends.
  for (let round = 0; round < 5; round++) {
    if (await created(file, me)) return heldLock(file);
    const held = await holderOf(file);
    if (held !== undefined && (await isAlive(held, me))) throw inUse(folder, held.holder);
    if (held !== undefined) await removed(file, held.text);
  }
  throw inUse(folder, undefined);
}

async function created(file: string, me: Holder): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(JSON.stringify(me));
    // In one step, with its content: nobody reads half a lock.
    await link(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await handle.close();
    await rm(draft, { force: true });
  }
}

interface Held {
  readonly text: string;
  readonly holder: Holder | undefined;
  readonly beatMs: number;
}

async function holderOf(file: string): Promise<Held | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
    return { text, holder: parseHolder(text), beatMs: mtimeMs };
  } catch {
    return undefined;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host, startedMs }: Partial<Holder> = JSON.parse(text);
    if (typeof pid !== "number" || typeof host !== "string" || typeof startedMs !== "number") return undefined;
    return { pid, host, startedMs };
  } catch {
    return undefined;
  }
}

async function isAlive({ holder, beatMs: beat }: Held, me: Holder): Promise<boolean> {
  const recent = Date.now() - beat < silentMs;
  if (holder === undefined || holder.host !== me.host) return recent;
  if (holder.pid === me.pid) return Math.abs(holder.startedMs - me.startedMs) < startedWithinMs;
  return recent && isRunning(holder.pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Takes a dead holder's lock away, but not one that somebody has taken since. */
async function removed(file: string, text: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
    if ((await readFile(aside, "utf8")) !== text) await link(aside, file);
  } catch {
    // Somebody else was faster; the next round tells.
  }
  await rm(aside, { force: true });
}

function heldLock(file: string): FolderLock {
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), beatMs).unref();
  return {
    async release() {
      clearInterval(beat);
      await rm(file, { force: true });
    },
  };
}

function startOfProcess(): number {
  return Math.round(Date.now() - process.uptime() * 1_000);
}

function inUse(folder: string, holder: Holder | undefined): StartError {
  const who = holder === undefined ? "another process" : `process ${holder.pid} on ${holder.host}`;
  return new StartError(
    `${folder} is in use by ${who}, perhaps another Drawbridge; stop that one, set DRAWBRIDGE_HOME to another folder, ` +
      "or give both storage.postgres to share",
  );
}
