import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import type { Amounts } from "../limits/limit.ts";
import { limitScope } from "../limits/limit-scope.ts";
import { commandCount } from "../testing/command-count.ts";
import { fullDisk } from "../testing/full-disk.ts";
import { limitStoreContract } from "../testing/limit-store-contract.ts";
import { type JournalLimitStore, journalLimitStore, readLimitJournal } from "./journal-limit-store.ts";

const folder = mkdtempSync(join(tmpdir(), "drawbridge-limits-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = (): string => join(folder, `${(files += 1)}.journal`);
const dollars = (nanoUsd: number): Amounts => ({ nanoUsd, inputTokens: 0, outputTokens: 0 });
const scope = limitScope({ id: "all", limits: [{ of: "nanoUsd", amount: 1e15, window: { kind: "total" } }] });

limitStoreContract({
  name: "a limit store with a journal",
  commands: commandCount({ here: 1_000, ci: 10_000 }),
  open: async (opening) => {
    const path = newPath();
    let store = await journalLimitStore({ ...opening, path, compactBytes: 3000 });
    const reopen = async (): Promise<JournalLimitStore> => {
      // What the old object wrote is read while it is open, as after a crash.
      const old = store;
      store = await journalLimitStore({ ...opening, path, compactBytes: 3000 });
      await old.close();
      return store;
    };
    return { store, reopen, close: () => store.close() };
  },
});

const kills = process.env["DRAWBRIDGE_CAMPAIGN"] === undefined ? 8 : 500;
const open = (path: string): Promise<JournalLimitStore> => journalLimitStore({ path, clock: () => 1_000_000 });

/** A journal with 1, 2, … nano-USD settled, each on a line of its own. */
async function written(settles: number): Promise<string> {
  const path = newPath();
  const store = await open(path);
  for (let count = 1; count <= settles; count++) {
    await store.reserve({ id: `${count}`, scopes: [scope], need: dollars(count) });
    await store.settle({ id: `${count}` }, dollars(count));
  }
  await store.close();
  return path;
}

async function usedIn(path: string): Promise<number> {
  const store = await open(path);
  const [usage] = await store.usage(scope);
  await store.close();
  return usage?.used ?? Number.NaN;
}

describe("a journal of limits", () => {
  test("cut anywhere in its last line it says what was acknowledged before", async () => {
    const path = await written(3);
    const text = readFileSync(path, "utf8");
    const lastLine = text.lastIndexOf("\n", text.length - 2) + 1;
    for (let length = lastLine; length < text.length - 1; length++) {
      const cut = newPath();
      copyFileSync(path, cut);
      truncateSync(cut, length);
      expect(await usedIn(cut)).toBe(1 + 2);
    }
  });

  test("goes on after a damaged end", async () => {
    const path = await written(2);
    appendFileSync(path, '0badc0de [["settle",\n\0\0\0');
    expect(await usedIn(path)).toBe(3);
    expect(await usedIn(path)).toBe(3);
  });

  test("does not open when a line before the last is damaged", async () => {
    const path = await written(3);
    const lines = readFileSync(path, "utf8").split("\n");
    writeFileSync(
      path,
      lines.with(2, (lines[2] ?? "").replace("reserve", "reverse").replace("settle", "settler")).join("\n"),
    );
    await expect(open(path)).rejects.toMatchObject({ code: "journal-corrupt", message: /line 3 of the journal/u });
  });

  test("what began in a period that is over stays there after a restart", async () => {
    const path = newPath();
    let now = Date.parse("2026-11-25T12:00:00Z");
    const window = { kind: "calendar", unit: "hour", timeZone: "UTC" } as const;
    const hour = limitScope({ id: "hour", limits: [{ of: "nanoUsd", amount: 10, window }] });
    const openAt = (): Promise<JournalLimitStore> => journalLimitStore({ path, clock: () => now, compactBytes: 0 });
    const before = await openAt();
    await before.reserve({ id: "1", scopes: [hour], need: dollars(7) });
    now += 3_600_000;
    await before.reserve({ id: "2", scopes: [hour], need: dollars(4) });
    await before.close();
    const after = await openAt();
    expect(await after.usage(hour)).toMatchObject([{ used: 0, held: 4 }]);
    expect(await after.topUp({ id: "1" }, dollars(4))).toMatchObject({ outcome: "refused", refusal: { held: 7 } });
    expect(await after.settle({ id: "1" }, dollars(9))).toBe("done");
    now += 3_599_999;
    expect(await after.usage(hour)).toMatchObject([{ used: 0, held: 4 }]);
    await after.close();
  });

  test("tells after a restart of what had expired in the last minute before it, whether or not it had been told", async () => {
    const path = newPath();
    let now = Date.parse("2026-11-25T12:00:00Z");
    const openAt = (): Promise<JournalLimitStore> => journalLimitStore({ path, clock: () => now });
    const before = await openAt();
    const expire = async (id: string): Promise<void> => {
      await before.reserve({ id, scopes: [scope], need: dollars(7) });
      for (const ms of [30_000, 90_000]) {
        now += ms;
        await before.sweep();
      }
    };
    await expire("long ago");
    await expire("last");
    await before.close();
    const told = [{ id: "last", partition: "", charged: dollars(7), scopes: [scope.id] }];
    for (let start = 0; start < 2; start++) {
      now += 3_600_000;
      const after = await openAt();
      expect(await after.sweep()).toEqual({ lapsed: [], expired: told });
      expect(await after.sweep()).toEqual({ lapsed: [], expired: [] });
      await after.close();
    }
  });

  test("that cannot be written any more gives nothing out", async () => {
    const gone = mkdtempSync(join(folder, "gone-"));
    const store = await journalLimitStore({ path: join(gone, "limits"), clock: () => 0, compactBytes: 0 });
    rmSync(gone, { recursive: true });
    const closed = {
      code: "journal-closed",
      message: /cannot be written \(ENOENT.*, so no money is given out until it can/u,
    };
    // What is open can be written still, until the file is to be replaced.
    await store.reserve({ id: "1", scopes: [scope], need: dollars(1) });
    await expect(store.reserve({ id: "2", scopes: [scope], need: dollars(1) })).rejects.toMatchObject(closed);
    await expect(store.reserve({ id: "3", scopes: [scope], need: dollars(1) })).rejects.toMatchObject(closed);
    await expect(store.usage(scope)).rejects.toMatchObject(closed);
    await expect(store.close()).rejects.toMatchObject(closed);
  });

  test("goes on where there is room again, with all that it said and nothing of what it did not say", async () => {
    const path = newPath();
    const store = await open(path);
    await store.reserve({ id: "1", scopes: [scope], need: dollars(3) });
    const full = await fullDisk(path);
    const closed = { code: "journal-closed", message: /ENOSPC/u };
    await expect(store.reserve({ id: "2", scopes: [scope], need: dollars(5) })).rejects.toMatchObject(closed);
    await expect(store.settle({ id: "1" }, dollars(2))).rejects.toMatchObject(closed);
    // Whoever is killed now finds what was said before.
    const found = await readLimitJournal({ path, clock: () => 0 });
    expect(await found.usage(scope)).toMatchObject([{ used: 0, held: 3 }]);
    full.mockRestore();
    // What was refused for want of room may have been held; whoever asked gives it back.
    expect(await store.release({ id: "2" })).toBe("done");
    expect(await store.settle({ id: "1" }, dollars(2))).toBe("done");
    await store.reserve({ id: "3", scopes: [scope], need: dollars(1) });
    const usage = [{ used: 2, held: 1 }];
    expect(await store.usage(scope)).toMatchObject(usage);
    await store.close();
    const after = await open(path);
    expect(await after.usage(scope)).toMatchObject(usage);
    await after.close();
  });

  test("does not open in a folder that is not there", async () => {
    await expect(open(join(folder, "none", "limits"))).rejects.toMatchObject({ code: "journal-closed" });
  });

  test("stays short however long it is used", async () => {
    const path = newPath();
    let now = 0;
    const store = await journalLimitStore({ path, clock: () => now, compactBytes: 4000 });
    for (let count = 0; count < 500; count++) {
      now += 60_000;
      await store.reserve({ id: `${count}`, scopes: [scope], need: dollars(2) });
      await store.settle({ id: `${count}` }, dollars(1));
    }
    await store.close();
    expect(statSync(path).size).toBeLessThan(6000);
    expect(await usedIn(path)).toBe(500);
  });

  test(`L-22: keeps all that was acknowledged when its process is killed at any moment, ${kills} times`, async () => {
    const path = newPath();
    let [expected, acknowledged] = [0, 0];
    for (let round = 0; round < kills; round++) {
      const said = await linesUntilKilled(path, round);
      const [begun, held, settled] = [idsOf(said, "begun"), idsOf(said, "held"), idsOf(said, "settled")];
      acknowledged += settled.size;
      const store = await journalLimitStore({ path, clock: () => Date.now() });
      for (const [id, nanoUsd] of begun) {
        const closed = await store.settle({ id }, dollars(nanoUsd));
        if (settled.has(id)) expect(closed, id).toBe("already");
        if (held.has(id)) expect(closed, id).not.toBe("unknown");
        if (closed !== "unknown") expected += nanoUsd;
      }
      expect(await store.usage(scope)).toMatchObject([{ used: expected, held: 0 }]);
      await store.close();
    }
    expect(acknowledged).toBeGreaterThan(12 * kills);
  }, 3_600_000);
});

function idsOf(said: readonly string[], what: string): Map<string, number> {
  const words = said.map((line) => line.split(" "));
  return new Map(words.filter(([first]) => first === what).map(([, id = "", nanoUsd]) => [id, Number(nanoUsd)]));
}

/** The round and its chance decide how much may be said before the kill. */
async function linesUntilKilled(path: string, round: number): Promise<string[]> {
  const program = join(import.meta.dirname, "../testing/journal-writer.ts");
  const child = spawn(process.execPath, [program, path, `${round}`], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  const most = 20 + Math.floor(Math.random() * 400);
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === most) child.kill("SIGKILL");
  }
  await closed;
  return lines;
}
