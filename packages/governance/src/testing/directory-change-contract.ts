import { expect, test } from "vitest";
import { auditBreak } from "../directory-store/audit-entry.ts";
import {
  createEntry,
  createKey,
  removeEntry,
  revokeKey,
  rotateKey,
  updateEntry,
  updateKey,
} from "../directory-store/directory-change.ts";
import { admin, codeOf, digest, dollars, type DirectoryScene } from "./directory-scene.ts";

/** How changes of a directory are made, kept and written down. */
export function directoryChangeContract(scene: DirectoryScene): void {
  const { change, directory } = scene;
  test("begins with nothing", async () => {
    const nothing = { customers: [], teams: [], users: [], keys: [], providers: [] };
    expect(await scene.store.load()).toMatchObject({ version: 0, governed: { directory: nothing, rules: [] } });
    expect(await scene.store.audit()).toEqual([]);
  });

  test("gives back what was made, changed and taken away, each time as a newer version", async () => {
    expect(await change(createEntry("customer", { name: "acme", limits: [dollars(500)] }))).toBe(1);
    expect(await change(createEntry("team", { name: "payments", customer: "acme" }))).toBe(2);
    expect(await change(createKey({ name: "ci", team: "payments", digest: digest("a") }))).toBe(3);
    expect(await change(updateEntry("customer", "acme", { tags: { tier: "gold" } }))).toBe(4);
    const acme = { name: "acme", limits: [dollars(500)], tags: { tier: "gold" } };
    const ci = { name: "ci", team: "payments", digest: digest("a") };
    const state = await scene.store.load();
    expect(state.version).toBe(4);
    const { customers, teams, keys } = state.governed.directory;
    expect({ customers, teams, keys }).toEqual({
      customers: [acme],
      teams: [{ name: "payments", customer: "acme" }],
      keys: [ci],
    });
    await change(removeEntry("key", "ci"));
    await change(updateEntry("customer", "acme", { tags: undefined }));
    expect(await directory()).toMatchObject({ customers: [{ name: "acme", limits: [dollars(500)] }], keys: [] });
    expect((await directory()).customers?.[0]).not.toHaveProperty("tags");
  });

  test("writes down who did what and when, from what to what, and no digest", async () => {
    const earliest = Date.now() - 1_000;
    await change(createKey({ name: "ci", digest: digest("secret-digest"), limits: [dollars(1)] }));
    await scene.store.change("bob", updateKey("ci", { limits: [dollars(2)] }));
    await change(rotateKey("ci", digest("other-digest"), 1_000));
    await change(revokeKey("ci"));
    await change(removeEntry("key", "ci"));
    const audit = await scene.store.audit();
    expect(audit.map(({ seq, version, actor, action }) => [seq, version, actor, action])).toEqual([
      [1, 1, admin, "create"],
      [2, 2, "bob", "update"],
      [3, 3, admin, "rotate"],
      [4, 4, admin, "revoke"],
      [5, 5, admin, "remove"],
    ]);
    const amounts = audit.map(({ before, after }) => [before?.["limits"], after?.["limits"]]);
    expect(amounts[1]).toEqual([[dollars(1)], [dollars(2)]]);
    expect(audit[0]?.before).toBeUndefined();
    expect(audit[4]?.after).toBeUndefined();
    for (const { kind: of, name, atMs } of audit) {
      expect([of, name]).toEqual(["key", "ci"]);
      expect(atMs).toBeGreaterThan(earliest);
      expect(atMs).toBeLessThan(Date.now() + 1_000);
    }
    expect(JSON.stringify(audit)).not.toMatch(/secret-digest|other-digest/u);
    expect(await scene.store.audit({ afterSeq: 3, limit: 1 })).toEqual(audit.slice(3, 4));
  });

  test("chains the audit, so that what was changed or left out is found", async () => {
    for (const name of ["a", "b", "c", "d"]) await change(createEntry("team", { name, tags: { x: "Zoë ☃" } }));
    const audit = await scene.store.audit();
    expect(await auditBreak(audit)).toBeUndefined();
    expect(await auditBreak(audit.slice(2), audit[1])).toBeUndefined();
    expect(await auditBreak(audit.toSpliced(1, 1))).toEqual(audit[2]);
    const [first, ...rest] = audit;
    const forged = first && { ...first, actor: "mallory" };
    expect(await auditBreak(forged === undefined ? [] : [forged, ...rest])).toEqual(forged);
  });

  test("writes down what changed nothing that is governed, and goes on from there", async () => {
    const versions: number[] = [];
    await change(createEntry("team", { name: "a" }));
    const watch = scene.store.watch(1, { onVersion: (version) => versions.push(version) });
    const other = (await scene.again?.()) ?? scene.store;
    await other.load();
    const note = { action: "heal", kind: "team", name: "a", before: { settled: 1 }, after: { settled: 0 } } as const;
    await scene.store.note("replica 1", [note, { ...note, name: "nobody" }]);
    await scene.store.note("replica 1", []);
    const [, noted, second] = await other.audit();
    expect(noted).toMatchObject({ seq: 2, version: 1, actor: "replica 1", ...note });
    expect(second).toMatchObject({ seq: 3, version: 1, name: "nobody" });
    expect((await other.load()).version).toBe(1);
    expect(await other.change(admin, createEntry("team", { name: "b" }))).toBe(2);
    expect((await directory()).teams).toMatchObject([{ name: "a" }, { name: "b" }]);
    expect(await auditBreak(await scene.store.audit())).toBeUndefined();
    await expect.poll(() => versions, { timeout: 10_000 }).toEqual([2]);
    watch.close();
    if (other !== scene.store) await other.close();
  });

  test("a rotated key keeps its id, and its old value for the overlap; a revoked one has no value left but its own", async () => {
    await change(createKey({ name: "ci", digest: digest("old-value-of-ci") }));
    const before = Date.now();
    await change(rotateKey("ci", digest("new"), 60_000));
    const [rotated] = (await directory()).keys ?? [];
    expect(rotated).toMatchObject({ id: "key_old-value-of", digest: digest("new") });
    expect(rotated?.previous?.digest).toBe(digest("old-value-of-ci"));
    expect(Math.abs((rotated?.previous?.untilMs ?? 0) - before - 60_000)).toBeLessThan(5_000);
    expect(await codeOf(change(createKey({ name: "b", digest: digest("old-value-of-ci") })))).toBe("entry-exists");
    await change(rotateKey("ci", digest("newer"), 0));
    expect((await directory()).keys?.[0]).toEqual({ name: "ci", id: "key_old-value-of", digest: digest("newer") });
    await change(revokeKey("ci"));
    expect((await directory()).keys?.[0]?.revokedAtMs).toBeGreaterThan(before - 1_000);
    await change(createKey({ name: "b", digest: digest("new") }));
  });

  test("takes any text for what it is", async () => {
    const hostile = [
      "'; DROP TABLE x; --",
      "%_\\",
      '"',
      "$1",
      "${x}",
      "\u202E☃",
      "\\u0000",
      "__proto__",
      "constructor",
    ];
    for (const name of hostile) await change(createEntry("team", { name, tags: { note: name } }));
    for (const name of hostile) await change(updateEntry("team", name, { limits: [] }));
    const teams = (await directory()).teams ?? [];
    expect(teams.map(({ name }) => name).sort()).toEqual([...hostile].sort());
    for (const { name, tags = {} } of teams) expect(tags).toEqual({ note: name });
    expect(await auditBreak(await scene.store.audit())).toBeUndefined();
  });
}
