import fc from "fast-check";
import { expect, test } from "vitest";
import { auditBreak } from "../directory-store/audit-entry.ts";
import { createEntry, createKey, revokeKey, unlessChanged, updateEntry } from "../directory-store/directory-change.ts";
import type { DirectoryState, DirectoryStore } from "../directory-store/directory-store.ts";
import { compareDirectories, directoryCommands } from "./compare-directories.ts";
import { admin, codeOf, declared, digest, file, type DirectoryScene } from "./directory-scene.ts";

/** What those who share a directory see of each other. */
export function directorySharingContract(scene: DirectoryScene): void {
  const { change, directory } = scene;
  test("of changes at once each is one version, and one name is given once", async () => {
    const stores = [scene.store, (await scene.again?.()) ?? scene.store, (await scene.again?.()) ?? scene.store];
    const names = Array.from({ length: 30 }, (_, index) => `team ${index % 20}`);
    const results = await Promise.allSettled(
      names.map((name, index) => (stores[index % 3] ?? scene.store).change(admin, createEntry("team", { name }))),
    );
    const versions = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    expect(versions.toSorted((one, other) => one - other)).toEqual(names.slice(0, 20).map((__, n) => n + 1));
    expect((await directory()).teams).toHaveLength(20);
    const audit = await scene.store.audit();
    expect(audit.map(({ seq }) => seq)).toEqual(names.slice(0, 20).map((__, n) => n + 1));
    expect(await auditBreak(audit)).toBeUndefined();
    for (const one of stores.slice(1)) if (one !== scene.store) await one.close();
  });

  test("loses no change of those that are made at once from what an entry says", async () => {
    await change(createEntry("team", { name: "a", tags: {} }));
    const stores = [scene.store, (await scene.again?.()) ?? scene.store];
    const tagged = async (store: DirectoryStore, tag: string): Promise<void> => {
      const { entries, governed } = await store.load();
      const { tags = {} } = governed.directory.teams?.[0] ?? {};
      const update = updateEntry("team", "a", { tags: { ...tags, [tag]: "x" } });
      const version = entries.get("team", "a")?.version ?? Number.NaN;
      const code = await codeOf(store.change(admin, unlessChanged(update, version)));
      if (code === "entry-changed") await tagged(store, tag);
      else expect(code).toBeUndefined();
    };
    const tags = Array.from({ length: 10 }, (_, index) => `tag-${index}`);
    await Promise.all(tags.map((tag, index) => tagged(stores[index % 2] ?? scene.store, tag)));
    const [team] = (await directory()).teams ?? [];
    expect(Object.keys(team?.tags ?? {}).toSorted()).toEqual(tags);
    expect((await scene.store.load()).version).toBe(11);
    for (const one of stores.slice(1)) if (one !== scene.store) await one.close();
  });

  test("tells each newer version once, and nothing after the end of a watch", async () => {
    await change(createEntry("team", { name: "a" }));
    const seen: number[] = [];
    const early: number[] = [];
    const watch = scene.store.watch(1, { onVersion: (version) => seen.push(version) });
    const behind = scene.store.watch(0, { onVersion: (version) => early.push(version) });
    await expect.poll(() => early).toEqual([1]);
    for (const name of ["b", "c"]) await change(createEntry("team", { name }));
    await expect.poll(() => [seen.at(-1), early.at(-1)]).toEqual([3, 3]);
    expect(seen).toEqual([...new Set(seen)].toSorted((one, other) => one - other));
    watch.close();
    await change(createEntry("team", { name: "d" }));
    await expect.poll(() => early.at(-1)).toBe(4);
    behind.close();
    expect(seen.at(-1)).toBe(3);
  });

  test("another process that opens it finds all of it", async ({ skip }) => {
    if (scene.again === undefined) skip("this kind is not shared");
    await scene.store.applyFile(file, declared);
    await change(createKey({ name: "ci", digest: digest("ci") }));
    const other = await scene.again?.();
    const [state, audit]: [DirectoryState, unknown] = [await scene.store.load(), await scene.store.audit()];
    expect(await other?.load()).toEqual(state);
    expect(await other?.audit()).toEqual(audit);
    expect(await other?.applyFile(file, declared)).toEqual({ version: 2, changed: 0 });
    expect(await other?.change(admin, revokeKey("ci"))).toBe(3);
    await other?.close();
  });

  test("does what a directory in memory does, whoever of those that share it is asked", async () => {
    const sharing = fc.asyncProperty(directoryCommands(2), async (commands) => {
      const shared = await scene.open({ clock: Date.now, check: () => undefined });
      const other = await shared.again?.();
      try {
        await compareDirectories(other === undefined ? [shared.store] : [shared.store, other], commands);
      } finally {
        await other?.close();
        await shared.close?.();
      }
    });
    await fc.assert(sharing, { numRuns: Number(process.env["DIRECTORY_RUNS"] ?? 8) });
  }, 600_000);
}
