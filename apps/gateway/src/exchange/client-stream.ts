import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { nowhere, type Watched } from "@drawbridge/providers/node";
import type { KeepAlive } from "../serving/keep-alive.ts";
import { deafAfterMs, endAnswer } from "./end-answer.ts";

const blankLine = 0x0a0a;

export interface ClientStreamOptions {
  readonly outgoing: ServerResponse;
  readonly headers: () => OutgoingHttpHeaders;
  /** What is sent after a long silence. */
  readonly ping: string;
  readonly keepAlive: KeepAlive;
  readonly clock: () => number;
}

/**
 * The client's side of a streamed answer. Bytes are held back until `commit`, because until then a failure can still
 * be told with an HTTP status; the first long silence commits by itself, with a ping.
 */
export class ClientStream implements Watched {
  place = nowhere;
  dueMs: number;
  bytesOut = 0;
  readonly #outgoing: ServerResponse;
  readonly #headers: () => OutgoingHttpHeaders;
  readonly #ping: string;
  readonly #keepAlive: KeepAlive;
  readonly #clock: () => number;
  #held: Uint8Array[] = [];
  /** The last four bytes written. */
  #tail = blankLine;

  constructor({ outgoing, headers, ping, keepAlive, clock }: ClientStreamOptions) {
    this.#outgoing = outgoing;
    this.#headers = headers;
    this.#ping = ping;
    this.#keepAlive = keepAlive;
    this.#clock = clock;
    this.dueMs = clock() + keepAlive.silenceMs;
    keepAlive.watch(this);
  }

  /** True once the status line is out. */
  get committed(): boolean {
    return this.#outgoing.headersSent;
  }

  /** Sends the head and everything held back. */
  commit(): void {
    if (this.committed) return;
    this.#outgoing.writeHead(200, this.#headers());
    for (const bytes of this.#held) this.#write(bytes);
    this.#held = [];
  }

  /**
   * Sends bytes, or holds them back before `commit`. Undefined when the client can take more at once; else resolves when
   * it can, or has gone.
   */
  send(bytes: Uint8Array): Promise<void> | undefined {
    if (bytes.length === 0) return undefined;
    if (this.committed) return this.#write(bytes) ? undefined : this.#drained();
    this.#held.push(bytes);
    return undefined;
  }

  onDue(): void {
    if (this.#outgoing.destroyed) return;
    if (this.#outgoing.writableNeedDrain) return this.#dropDeaf();
    if (!endsEvent(this.#tail)) return;
    this.commit();
    this.#write(Buffer.from(this.#ping));
  }

  /** Ends the answer, or only stops watching it when nothing was committed. */
  close(): void {
    this.#keepAlive.forget(this);
    if (this.committed) endAnswer(this.#outgoing);
  }

  /** A client that has taken nothing for so long is not there any more, or never reads. */
  #dropDeaf(): void {
    const silentMs = this.#clock() - this.dueMs + this.#keepAlive.silenceMs;
    if (silentMs >= deafAfterMs) this.#outgoing.destroy();
  }

  #write(bytes: Uint8Array): boolean {
    this.dueMs = this.#clock() + this.#keepAlive.silenceMs;
    this.bytesOut += bytes.length;
    for (let at = Math.max(0, bytes.length - 4); at < bytes.length; at++)
      this.#tail = ((this.#tail << 8) | (bytes[at] ?? 0)) >>> 0;
    // An answer may be read on for a client that has left.
    if (this.#outgoing.destroyed) return true;
    return this.#outgoing.write(bytes);
  }

  #drained(): Promise<void> {
    const outgoing = this.#outgoing;
    if (outgoing.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        outgoing.off("drain", done);
        outgoing.off("close", done);
        resolve();
      };
      outgoing.on("drain", done);
      outgoing.on("close", done);
    });
  }
}

/** An upstream's bytes go out as they come, so a stream may be silent in mid-event, where a ping would break it. */
function endsEvent(tail: number): boolean {
  const lastTwo = tail & 0xffff;
  return lastTwo === blankLine || lastTwo === 0x0d0d || tail === 0x0d0a0d0a;
}
