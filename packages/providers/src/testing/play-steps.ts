import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Step } from "./plan.ts";

/** Who is told what while an answer is played. */
export interface Audience {
  /** Aborts when the client has left. */
  readonly signal: AbortSignal;
  /** Hears which part of the content has been sent. */
  readonly onShare: (share: number) => void;
  /** Called before the server itself breaks the connection. */
  readonly onBreak: () => void;
}

/** Plays the steps of an answer on a connection; stops when the client leaves. */
export async function playSteps(
  steps: readonly Step[],
  response: ServerResponse,
  { signal, onShare, onBreak }: Audience,
): Promise<void> {
  for (const step of steps) {
    if (signal.aborted) return;
    if (step.do === "reset" || step.do === "close") onBreak();
    await play(step, response, signal);
    if (step.do === "write") onShare(step.share);
  }
}

async function play(step: Step, response: ServerResponse, signal: AbortSignal): Promise<void> {
  switch (step.do) {
    case "head":
      response.writeHead(step.status, step.headers);
      response.flushHeaders();
      return;
    case "write":
      return await flushed(signal, (done) => response.write(step.bytes, done));
    case "raw":
      return await flushed(signal, (done) => response.socket?.write(step.bytes, done));
    case "wait":
      return await waitFor(step.ms, signal);
    case "repeat":
      while (!signal.aborted) {
        await flushed(signal, (done) => response.write(step.bytes, done));
        await waitFor(step.everyMs, signal);
      }
      return;
    case "end":
      return await flushed(signal, (done) => response.end(done));
    case "reset":
      // A turn of the loop lets the peer read what was written before the reset overtakes it.
      await pause(5);
      response.socket?.resetAndDestroy();
      return;
    case "close":
      response.socket?.end();
      return;
  }
}

async function flushed(signal: AbortSignal, write: (done: () => void) => void): Promise<void> {
  await new Promise<void>((resolve) => {
    const leave = (): void => resolve();
    signal.addEventListener("abort", leave, { once: true });
    write(() => {
      signal.removeEventListener("abort", leave);
      resolve();
    });
  });
}

async function waitFor(ms: number | undefined, signal: AbortSignal): Promise<void> {
  if (ms === undefined) {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    return;
  }
  await pause(ms, undefined, { signal }).catch(() => undefined);
}
