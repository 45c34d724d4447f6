import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DirectoryWatch } from "./directory-store.ts";
import { type ListenTo, watchVersion } from "./watch-version.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A store whose version can be set, and that can be out of reach or silent. */
function fakeStore(): {
  version: number;
  state: "up" | "down" | "silent";
  reads: number;
  read(): Promise<number>;
} {
  return {
    version: 0,
    state: "up",
    reads: 0,
    read() {
      this.reads += 1;
      if (this.state === "silent") return new Promise<number>(() => undefined);
      return this.state === "up" ? Promise.resolve(this.version) : Promise.reject(new Error("connection refused"));
    },
  };
}

/** A way on which word comes, which can be cut. */
function fakeWay(): { say(): void; cut(): void; refuses: boolean; opened: number; ended: number; listenTo: ListenTo } {
  const ears = new Set<{ onWord: () => void; onLost: () => void }>();
  return {
    refuses: false,
    opened: 0,
    ended: 0,
    say: () => ears.forEach(({ onWord }) => onWord()),
    cut() {
      const lost = [...ears];
      ears.clear();
      for (const { onLost } of lost) onLost();
    },
    async listenTo(onWord, onLost) {
      if (this.refuses) throw new Error("refused");
      this.opened += 1;
      const ear = { onWord, onLost };
      ears.add(ear);
      return async () => {
        ears.delete(ear);
        this.ended += 1;
      };
    },
  };
}

function watched(store: ReturnType<typeof fakeStore>, ways: readonly ReturnType<typeof fakeWay>[]) {
  const versions: number[] = [];
  const looks: (string | undefined)[] = [];
  const watch: DirectoryWatch = watchVersion({
    read: () => store.read(),
    listenTo: ways.map((way) => (onWord, onLost) => way.listenTo(onWord, onLost)),
    since: 0,
    watcher: { onVersion: (version) => versions.push(version), onLook: (failure) => looks.push(failure?.message) },
  });
  return { versions, looks, watch };
}

const soon = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1);

test("word of a change is followed by a look at once", async () => {
  const [store, way] = [fakeStore(), fakeWay()];
  const { versions, watch } = watched(store, [way]);
  await soon();
  store.version = 1;
  way.say();
  await soon();
  expect(versions).toEqual([1]);
  way.say();
  way.say();
  await soon();
  expect(versions).toEqual([1]);
  watch.close();
  expect(vi.getTimerCount()).toBe(0);
});

test("without any way the next look is two seconds away at most", async () => {
  const [store, way] = [fakeStore(), fakeWay()];
  way.refuses = true;
  const { versions, watch } = watched(store, [way]);
  await soon();
  store.version = 1;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(versions).toEqual([1]);
  watch.close();
});

test("a way that is lost is opened again, and what was said meanwhile is looked up", async () => {
  const [store, way] = [fakeStore(), fakeWay()];
  const { versions, watch } = watched(store, [way]);
  await soon();
  expect(way.opened).toBe(1);
  way.cut();
  store.version = 1;
  await vi.advanceTimersByTimeAsync(150);
  expect([way.opened, versions]).toEqual([2, [1]]);
  watch.close();
  await soon();
  expect(way.ended).toBe(1);
});

test("a way that cannot be opened is tried less and less often, and never given up", async () => {
  const [store, way] = [fakeStore(), fakeWay()];
  way.refuses = true;
  const tries = vi.spyOn(way, "listenTo");
  const { watch } = watched(store, [way]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tries.mock.calls.length).toBeGreaterThan(12);
  expect(tries.mock.calls.length).toBeLessThan(25);
  way.refuses = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(way.opened).toBe(1);
  watch.close();
});

test("a change during a look is seen by another look", async () => {
  const [store, way] = [fakeStore(), fakeWay()];
  const { versions, watch } = watched(store, [way]);
  await soon();
  way.say();
  store.version = 1;
  way.say();
  await soon();
  expect(versions).toEqual([1]);
  watch.close();
});

test("a store out of reach, or silent for three seconds, is told after each look, and its return as well", async () => {
  const store = fakeStore();
  const { looks, versions, watch } = watched(store, []);
  await soon();
  expect(looks).toEqual([undefined]);
  store.state = "down";
  await vi.advanceTimersByTimeAsync(2_000);
  expect(looks).toEqual([undefined, "connection refused"]);
  store.state = "silent";
  await vi.advanceTimersByTimeAsync(5_000);
  expect(looks.at(-1)).toBe("the store has not answered for 3000 ms");
  store.state = "up";
  store.version = 7;
  await vi.advanceTimersByTimeAsync(5_000);
  expect([looks.at(-1), versions]).toEqual([undefined, [7]]);
  watch.close();
});

test("an older version, as after a backup was restored, is told like a newer one", async () => {
  const store = fakeStore();
  store.version = 9;
  const { versions, watch } = watched(store, []);
  await soon();
  store.version = 4;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(versions).toEqual([9, 4]);
  watch.close();
});
