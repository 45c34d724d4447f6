import { hash, randomUUID } from "node:crypto";
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

/** Who wants one, and what it writes: no two locks say the same. */
interface Me {
  readonly holder: Holder;
  readonly text: string;
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
  const holder: Holder = { pid: process.pid, host: hostname(), startedMs: startOfProcess() };
  const me: Me = { holder, text: JSON.stringify({ ...holder, id: randomUUID() }) };
  // A round ends without an answer only when another process has got further meanwhile.
  for (let round = 0; round < 10; round++) {
    const first = await heldBy(file);
    if (first === undefined ? await created(file, me) : await succeeded(file, first, me)) return heldLock(file, me);
  }
  throw inUse(folder, undefined);
}

/**
 * Takes over from a dead holder, or says that somebody has been faster. Who comes after a holder says so in a file named for
 * that holder, which exists once, and then moves it over the lock: in one step the successor has the folder, and there is
 * nobody left to succeed. Who has looked before that step may find the place free again, but no longer the holder it is for.
 * (To take the lock away and look afterwards whose it was would let a third one in meanwhile.) A successor that dies before
 * its move has a successor of its own.
 */
async function succeeded(file: string, first: Held, me: Me): Promise<boolean> {
  let place = file;
  for (let last: Held | undefined = first; last !== undefined; last = await heldBy(place)) {
    if (await isAlive(last, me.holder)) throw inUse(path.dirname(file), last.holder);
    place = `${file}.after-${hash("sha256", last.text)}`;
  }
  if (!(await created(place, me))) return false;
  if ((await heldBy(file))?.text !== first.text) {
    await rm(place, { force: true });
    return false;
  }
  await rename(place, file);
  return true;
}

async function created(file: string, { text }: Me): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(text);
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

async function heldBy(file: string): Promise<Held | undefined> {
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

function heldLock(file: string, { text }: Me): FolderLock {
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), beatMs).unref();
  return {
    async release() {
      clearInterval(beat);
      // One that was silent for too long may have been succeeded.
      if ((await heldBy(file))?.text === text) await rm(file, { force: true });
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
