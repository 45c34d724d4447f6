import { expect, test } from "vitest";
import { auditBreak } from "../directory-store/audit-entry.ts";
import {
  createEntry,
  createKey,
  removeEntry,
  revokeKey,
  rotateKey,
  updateEntry,
} from "../directory-store/directory-change.ts";
import type { Governed } from "../directory-store/governed.ts";
import { codeOf, declared, digest, dollars, file, type DirectoryScene } from "./directory-scene.ts";
/** Without what an implementation may leave out. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function positioned({ rules }: Governed): unknown[] {
  return rules.map((rule, index) => ({ ...rule, position: index + 1 }));
}

/** What becomes of what a configuration file declares. */
export function directoryFileContract(scene: DirectoryScene): void {
  const { change, directory } = scene;
  test("does not ask whoever opened it about what a file declares, but refuses there what makes no sense anywhere", async () => {
    const rule = { name: "far", when: 'healthy("elsewhere")', refuse: "no" };
    expect(await scene.store.applyFile(file, { directory: {}, rules: [rule] })).toEqual({ version: 1, changed: 1 });
    const broken = { directory: {}, rules: [{ ...rule, when: "tols" }] };
    await expect(scene.store.applyFile(file, broken)).rejects.toMatchObject({ code: "invalid-entry" });
  });

  test("applies a file once, and changes only what it says anew", async () => {
    expect(await scene.store.applyFile(file, declared)).toEqual({ version: 1, changed: 7 });
    expect(plain((await scene.store.load()).governed)).toEqual(plain({ ...declared, rules: positioned(declared) }));
    expect(await scene.store.applyFile(file, declared)).toEqual({ version: 1, changed: 0 });
    const { teams = [], ...rest } = declared.directory;
    const other = {
      ...declared,
      directory: { ...rest, keys: [], teams: teams.map((one) => ({ ...one, tags: { a: "b" } })) },
    };
    expect(await scene.store.applyFile(file, other)).toEqual({ version: 2, changed: 2 });
    const actions = (await scene.store.audit({ afterSeq: 7 })).map(({ action, kind: of, name }) => [action, of, name]);
    expect(actions).toEqual([
      ["remove", "key", "bob-laptop"],
      ["update", "team", "payments"],
    ]);
    expect(await scene.store.applyFile(file, { directory: {}, rules: [] })).toEqual({ version: 3, changed: 6 });
    expect(await directory()).toMatchObject({ customers: [], teams: [], users: [], providers: [] });
    expect(await auditBreak(await scene.store.audit())).toBeUndefined();
  });

  test("refuses another hand on what the file declares, and says where to change it", async () => {
    await scene.store.applyFile(file, declared);
    expect(await codeOf(change(updateEntry("customer", "acme", { limits: [dollars(9_000)] })))).toBe("managed-by-file");
    expect(await codeOf(change(rotateKey("bob-laptop", digest("x"), 0)))).toBe("managed-by-file");
    expect(await codeOf(change(removeEntry("rule", "big")))).toBe("managed-by-file");
    await expect(change(revokeKey("bob-laptop"))).rejects.toThrow(
      /key "bob-laptop" is declared in the configuration file/u,
    );
    expect(await codeOf(change(createEntry("team", { name: "payments" })))).toBe("entry-exists");
    expect((await scene.store.load()).version).toBe(1);
  });

  test("a file never touches what was made elsewhere", async () => {
    await scene.store.applyFile(file, declared);
    await change(createEntry("user", { name: "carol", team: "payments" }));
    await change(createKey({ name: "carol", user: "carol", digest: digest("carol") }));
    await scene.store.applyFile(file, { ...declared, rules: [] });
    const keys = await scene.store.entries("key");
    expect(Object.fromEntries(keys.map(({ name, managedBy }) => [name, managedBy]))).toEqual({
      "bob-laptop": "file",
      carol: "store",
    });
    await expect(scene.store.applyFile(file, { directory: {}, rules: [] })).rejects.toThrow(
      /team "payments" cannot be removed while user "carol" hangs on it/u,
    );
    const carol = { ...declared, directory: { ...declared.directory, users: [{ name: "carol" }], keys: [] } };
    expect(await codeOf(scene.store.applyFile(file, carol))).toBe("entry-exists");
    expect((await directory()).users?.map(({ name }) => name).sort()).toEqual(["bob", "carol"]);
  });

  test("a key that a start without configuration minted steps back while the file declares keys", async () => {
    await scene.store.change("start", createKey({ name: "first", digest: digest("first") }, "start"));
    await change(createKey({ name: "made", digest: digest("made") }));
    const names = async (): Promise<unknown> => (await directory()).keys?.map(({ name }) => name).sort();
    expect(await names()).toEqual(["first", "made"]);
    await scene.store.applyFile(file, declared);
    expect(await names()).toEqual(["bob-laptop", "made"]);
    await scene.store.applyFile(file, { directory: {}, rules: [] });
    expect(await names()).toEqual(["first", "made"]);
  });

  test("rules are asked in the order of the file, then in that of others", async () => {
    const names = async (): Promise<unknown> => (await scene.store.load()).governed.rules.map(({ name }) => name);
    await change(createEntry("rule", { name: "one", maxTokens: 1 }));
    await change(createEntry("rule", { name: "two", maxTokens: 1 }));
    await scene.store.applyFile(file, declared);
    expect(await names()).toEqual(["small", "big", "one", "two"]);
    await change(updateEntry("rule", "two", { position: 0.5 }));
    await scene.store.applyFile(file, { ...declared, rules: declared.rules.toReversed() });
    expect(await names()).toEqual(["big", "small", "two", "one"]);
  });
}
