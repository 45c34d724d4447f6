import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ConfigWatch, watchConfig, type WatchOptions } from "./watch-config.ts";

let directory: string;
let file: string;
let watching: ConfigWatch | undefined;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "drawbridge-watch-"));
  file = path.join(directory, "drawbridge.yaml");
  await writeFile(file, "log: { level: info }\n");
});

afterEach(async () => {
  watching?.close();
  await rm(directory, { recursive: true, force: true });
});

/** Starts a watch; `changes(n)` resolves when `onChange` was called for the n-th time. */
async function start(
  options: Partial<WatchOptions> = {},
): Promise<{ count(): number; changes(n: number): Promise<void> }> {
  let count = 0;
  let wake = (): void => {};
  const onChange = (): void => {
    count++;
    wake();
  };
  watching = await watchConfig(file, { debounceMs: 20, pollMs: 60_000, ...options, onChange });
  return {
    count: () => count,
    async changes(n) {
      await new Promise<void>((resolve) => {
        wake = () => (count >= n ? resolve() : undefined);
        wake();
      });
    },
  };
}

test("sees a file that is written in place", async () => {
  const watch = await start();
  await writeFile(file, "log: { level: debug }\n");
  await watch.changes(1);
});

test("sees a file that an editor puts in its place by renaming, every time", async () => {
  const watch = await start();
  for (const round of [1, 2, 3]) {
    await writeFile(`${file}.tmp`, `# ${round}\n`);
    await rename(`${file}.tmp`, file);
    await watch.changes(round);
  }
});

test("sees the swap of a link, as Kubernetes does it", async () => {
  await rm(file);
  for (const version of ["v1", "v2"]) {
    await mkdir(path.join(directory, version));
    await writeFile(path.join(directory, version, "drawbridge.yaml"), `# ${version}\n`);
  }
  await symlink("v1", path.join(directory, "..data"));
  await symlink(path.join("..data", "drawbridge.yaml"), file);
  const watch = await start();
  await symlink("v2", path.join(directory, "..tmp"));
  await rename(path.join(directory, "..tmp"), path.join(directory, "..data"));
  await watch.changes(1);
});

test("sees a change that the system does not tell of, by looking now and then", async () => {
  const elsewhere = await mkdtemp(path.join(tmpdir(), "drawbridge-elsewhere-"));
  await writeFile(path.join(elsewhere, "real.yaml"), "# 1\n");
  await rm(file);
  await symlink(path.join(elsewhere, "real.yaml"), file);
  const watch = await start({ pollMs: 30 });
  await writeFile(path.join(elsewhere, "real.yaml"), "# 2\n");
  await watch.changes(1);
  await rm(elsewhere, { recursive: true });
});

test("sees a change of a file that the configuration refers to, and one that appears", async () => {
  const secret = path.join(directory, "secret");
  const late = path.join(directory, "late");
  await writeFile(secret, "one");
  const watch = await start({ files: () => [secret, late] });
  await writeFile(secret, "two");
  await watch.changes(1);
  await writeFile(late, "here now");
  await watch.changes(2);
});

test("writing the same again, touching or losing the file is no change", async () => {
  // Longer than a busy machine takes between two of these steps, likewise below.
  const watch = await start({ debounceMs: 1_000 });
  await writeFile(file, "log: { level: info }\n");
  await rename(file, `${file}.away`);
  await writeFile(path.join(directory, "other"), "x");
  await rename(`${file}.away`, file);
  // A real change comes after them all, and is the only one that was told.
  await writeFile(file, "log: { level: debug }\n");
  await watch.changes(1);
  expect(watch.count()).toBe(1);
});

test("many writes in a row are told once, when the last is done", async () => {
  const watch = await start({ debounceMs: 1_000 });
  for (let part = 0; part < 20; part++) await writeFile(file, `# ${"x".repeat(part)}\n`);
  await watch.changes(1);
  expect(watch.count()).toBe(1);
});

test("nothing is told after the end", async () => {
  const watch = await start({ debounceMs: 0 });
  await writeFile(file, "# changed\n");
  watching?.close();
  const next = await watchConfig(file, { debounceMs: 20, pollMs: 60_000, onChange: () => finished() });
  let finished = (): void => {};
  const told = new Promise<void>((resolve) => (finished = resolve));
  await writeFile(file, "# changed again\n");
  await told;
  next.close();
  expect(watch.count()).toBe(0);
});

test("survives the loss of the whole directory", async () => {
  const watch = await start({ pollMs: 20 });
  await rm(directory, { recursive: true });
  await mkdir(directory);
  await writeFile(file, "# back again\n");
  await watch.changes(1);
});
