import { fork } from "node:child_process";
import { hash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockFolder } from "./folder-lock.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "drawbridge-lock-"));
  file = path.join(folder, "lock");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const inUse = { name: "StartError", message: expect.stringMatching(/is in use by process \d+ on /u) as unknown };

/** A lock that another process has left, as old as told. */
async function left(holder: object, agoMs = 0): Promise<void> {
  await writeFile(file, JSON.stringify({ pid: 1, host: hostname(), startedMs: 0, ...holder }));
  const at = new Date(Date.now() - agoMs);
  await utimes(file, at, at);
}

test("of many that want a folder at once one gets it, and the next when it is given back", async () => {
  const takes = await Promise.allSettled(Array.from({ length: 10 }, () => lockFolder(folder)));
  const held = takes.flatMap((take) => (take.status === "fulfilled" ? [take.value] : []));
  expect(held).toHaveLength(1);
  await expect(lockFolder(folder)).rejects.toMatchObject(inUse);
  await held[0]?.release();
  await (await lockFolder(folder)).release();
  expect(await readdir(folder)).toEqual([]);
});

test("a process that lives keeps its folder, one that was killed gives it up at once", async () => {
  const module = path.join(import.meta.dirname, "folder-lock.ts");
  const source = `import { lockFolder } from ${JSON.stringify(module)};
    await lockFolder(${JSON.stringify(folder)}); process.send("held"); setInterval(() => undefined, 1000);`;
  const script = path.join(folder, "holder.ts");
  await writeFile(script, source);
  const holder = fork(script, { execArgv: ["--conditions=@drawbridge/source"], stdio: "ignore" });
  await once(holder, "message");
  await expect(lockFolder(folder)).rejects.toThrow(new RegExp(`process ${holder.pid} on`, "u"));
  holder.kill("SIGKILL");
  await once(holder, "exit");
  await (await lockFolder(folder)).release();
});

test.each([
  { whose: "of a process that is gone", holder: { pid: 2 ** 22 + 1 }, agoMs: 0, free: true },
  {
    whose: "of an earlier process with this one's number, as in a container",
    holder: { pid: process.pid },
    agoMs: 0,
    free: true,
  },
  { whose: "of another machine that shows life", holder: { host: "another" }, agoMs: 10_000, free: false },
  { whose: "of another machine that has been silent", holder: { host: "another" }, agoMs: 21_000, free: true },
  { whose: "of a process whose number another one has got", holder: {}, agoMs: 21_000, free: true },
])("a lock $whose is free: $free", async ({ holder, agoMs, free }) => {
  await left(holder, agoMs);
  if (free) await (await lockFolder(folder)).release();
  else await expect(lockFolder(folder)).rejects.toMatchObject(inUse);
});

test("a dead holder's folder goes to one of many", async () => {
  for (let round = 0; round < 100; round++) {
    await left({ pid: 2 ** 22 + 1, startedMs: round });
    const takes = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
    const held = takes.flatMap((take) => (take.status === "fulfilled" ? [take.value] : []));
    expect(held).toHaveLength(1);
    await held[0]?.release();
    expect(await readdir(folder)).toEqual([]);
  }
});

test("a folder whose holder died, and then who was about to take over from it, goes to the next", async () => {
  const dead = { pid: 2 ** 22 + 1 };
  await left(dead);
  const digest = hash("sha256", await readFile(file, "utf8"));
  await writeFile(`${file}.after-${digest}`, JSON.stringify({ host: hostname(), startedMs: 1, ...dead }));
  const lock = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toMatchObject(inUse);
  await lock.release();
  await (await lockFolder(folder)).release();
});

test("a holder that was taken for dead leaves its successor the folder", async () => {
  const first = await lockFolder(folder);
  await left({ host: "another" });
  await first.release();
  await expect(lockFolder(folder)).rejects.toMatchObject(inUse);
});

test("a lock that says nothing is in use as long as it is young", async () => {
  await writeFile(file, "half a");
  await expect(lockFolder(folder)).rejects.toThrow(/is in use by another process/u);
  expect(await readFile(file, "utf8")).toBe("half a");
});
