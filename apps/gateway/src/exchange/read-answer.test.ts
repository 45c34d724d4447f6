import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readAnswer } from "./read-answer.ts";

/** A provider that sends what it is told to, and remembers whether it was left. */
function provider(): {
  readonly body: AsyncIterable<Uint8Array>;
  readonly send: (text: string) => void;
  readonly close: () => void;
  readonly left: () => boolean;
} {
  const waiting: ((result: IteratorResult<Uint8Array, undefined>) => void)[] = [];
  const ready: IteratorResult<Uint8Array, undefined>[] = [];
  let left = false;
  const give = (result: IteratorResult<Uint8Array, undefined>): void => {
    const taker = waiting.shift();
    if (taker === undefined) ready.push(result);
    else taker(result);
  };
  const iterator: AsyncIterator<Uint8Array, undefined> = {
    next: () => {
      const result = ready.shift();
      return result === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(result);
    },
    return: () => {
      left = true;
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return {
    body: { [Symbol.asyncIterator]: () => iterator },
    send: (text) => give({ done: false, value: new TextEncoder().encode(text) }),
    close: () => give({ done: true, value: undefined }),
    left: () => left,
  };
}

/** Reads an answer whose stream is concluded by "c" and finished by "f"; both may come in one chunk. */
async function read(body: AsyncIterable<Uint8Array>): Promise<string> {
  const stream = { concluded: false, finished: false, failure: undefined };
  let text = "";
  for await (const chunk of readAnswer(body, stream)) {
    const part = new TextDecoder().decode(chunk);
    text += part;
    stream.concluded ||= part.includes("c");
    stream.finished ||= part.includes("f");
  }
  return text;
}

describe("reading an answer", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("waits for content as long as the provider has not concluded", async () => {
    const upstream = provider();
    const reading = read(upstream.body);
    upstream.send("one ");
    await vi.advanceTimersByTimeAsync(60_000);
    upstream.send("two");
    upstream.close();
    expect(await reading).toBe("one two");
  });

  test("gives what the provider says last after its conclusion, and leaves no timer behind", async () => {
    const upstream = provider();
    const reading = read(upstream.body);
    upstream.send("one c");
    await vi.advanceTimersByTimeAsync(100);
    upstream.send("usage f");
    upstream.close();
    expect(await reading).toBe("one cusage f");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is over within a second of a conclusion that nothing follows", async () => {
    const upstream = provider();
    const reading = read(upstream.body);
    upstream.send("one c");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await reading).toBe("one c");
    expect(upstream.left()).toBe(true);
  });

  test("is over within a second of a conclusion that comments drip behind", async () => {
    const upstream = provider();
    const reading = read(upstream.body);
    upstream.send("c");
    for (let turn = 0; turn < 10; turn++) {
      await vi.advanceTimersByTimeAsync(100);
      upstream.send(".");
    }
    expect((await reading).startsWith("c..")).toBe(true);
    expect(upstream.left()).toBe(true);
  });

  test("gives nothing that comes behind a finished answer", async () => {
    const upstream = provider();
    const reading = read(upstream.body);
    upstream.send("cf");
    upstream.send("more");
    upstream.close();
    expect(await reading).toBe("cf");
  });

  test("leaves a provider at once that still writes what nobody will see", async () => {
    const upstream = provider();
    const reading = read(upstream.body);
    upstream.send("one f");
    expect(await reading).toBe("one f");
    expect(upstream.left()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("passes on what breaks the body", async () => {
    const broken = new Error("reset");
    const body: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(broken) }),
    };
    await expect(read(body)).rejects.toBe(broken);
  });
});
