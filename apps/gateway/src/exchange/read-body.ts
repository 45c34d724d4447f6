import type { IncomingMessage } from "node:http";
import { type DueWatch, nowhere, type Watched } from "@drawbridge/providers/node";
import { GatewayError } from "../errors.ts";
import { empty } from "./give-back.ts";

/** Above this many times the limit the rest of a body is not even discarded: the connection is closed. */
const discardFactor = 4;

/** From here on a body must have come at a thousand bytes a second: slower is nobody who works. */
const paceAfterMs = 10_000;

/** So much room is made for a body at its word; for one that says it is larger, as it comes. */
const believedBytes = 1024 * 1024;

/** What watches that a body comes in time. */
type Watch = Pick<DueWatch, "now" | "watch" | "forget">;

/**
 * Reads a request body whole. Throws a GatewayError `body-too-large` above `limitBytes`; the rest of the body is
 * read and thrown away first, because a client that is still sending would see a reset instead of the answer. Throws
 * `body-too-slow` when it drips in.
 */
export function readBody(incoming: IncomingMessage, limitBytes: number, watch: Watch): Promise<Uint8Array> {
  const encoding = incoming.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    throw new GatewayError(
      "unsupported-encoding",
      `content-encoding "${encoding}" is not accepted; send the body uncompressed`,
    );
  }
  const expectedBytes = Number(incoming.headers["content-length"] ?? limitBytes);
  if (expectedBytes > limitBytes * discardFactor) throw tooLarge(limitBytes);
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  watch.watch(new Gathering(incoming, { limitBytes, expectedBytes }, { watch, resolve, reject }));
  return promise;
}

interface Sizes {
  readonly limitBytes: number;
  /** What its client has said is coming, or the limit. */
  readonly expectedBytes: number;
}

/** Who waits for a body. */
interface Waiting {
  readonly watch: Watch;
  resolve(body: Uint8Array): void;
  reject(error: GatewayError): void;
}

/** Events and not iteration: that costs less, and leaving an iteration early would destroy the connection. */
class Gathering implements Watched {
  place = nowhere;
  dueMs: number;
  readonly #watch: Watch;
  readonly #startedMs: number;
  readonly #expectedBytes: number;
  /** What has come: one chunk, which is mostly all there is, or all chunks in one array, with room for more. */
  #body: Uint8Array | undefined;
  /** None of it is kept once it is there: the request lives as long as its answer, and knows its listeners. */
  #waiting: Waiting | undefined;
  #bytes = 0;

  constructor(incoming: IncomingMessage, { limitBytes, expectedBytes }: Sizes, waiting: Waiting) {
    const { watch } = waiting;
    this.#expectedBytes = expectedBytes;
    this.#waiting = waiting;
    this.#watch = watch;
    this.#startedMs = watch.now();
    this.dueMs = this.#startedMs + paceAfterMs;
    incoming.on("data", (chunk: Uint8Array) => {
      this.#bytes += chunk.length;
      if (this.#bytes <= limitBytes && this.#waiting !== undefined) return this.#add(chunk);
      this.#drop();
      empty(chunk);
      if (this.#bytes <= limitBytes * discardFactor) return;
      incoming.pause();
      this.#finish(limitBytes);
    });
    incoming.on("end", () => this.#finish(limitBytes));
    incoming.on("error", (cause) => {
      this.#fail(
        new GatewayError("body-incomplete", "the connection broke before the request was complete", { cause }),
      );
    });
    // A stream that nobody has read of gathers what comes before its first turn, and stops the socket at 16 KB.
    incoming.read(0);
  }

  /** A byte should have come for each millisecond; what has come already is enough until then. */
  onDue(): void {
    this.dueMs = this.#startedMs + Math.max(paceAfterMs, this.#bytes);
    if (this.dueMs > this.#watch.now()) return;
    this.#fail(new GatewayError("body-too-slow", "the request came too slowly; ask again over a better connection"));
  }

  #finish(limitBytes: number): void {
    if (this.#waiting === undefined) return;
    if (this.#bytes > limitBytes) return this.#fail(tooLarge(limitBytes));
    const body = this.#takeBody();
    this.#over()?.resolve(body);
  }

  #takeBody(): Uint8Array {
    const body = this.#body ?? new Uint8Array();
    this.#body = undefined;
    if (body.length === this.#bytes) return body;
    const whole = Buffer.concat([body], this.#bytes);
    empty(body);
    return whole;
  }

  /**
   * A chunk's own memory is given back as soon as it is copied. Left to the collector, bodies count twice towards its
   * next full run, which was a quarter of the CPU time of a 156 KB request; and hundreds of chunks that are free at
   * different times are holes in the process's memory, 100 MB of them after a few bodies of 32 MB.
   */
  #add(chunk: Uint8Array): void {
    const held = this.#body;
    if (held === undefined) {
      this.#body = chunk;
      return;
    }
    const at = this.#bytes - chunk.length;
    let body = held;
    if (held.length < this.#bytes) {
      const wanted = Math.min(this.#expectedBytes, Math.max(believedBytes, 2 * this.#bytes));
      body = Buffer.allocUnsafeSlow(wanted);
      body.set(held.subarray(0, at));
      empty(held);
    }
    body.set(chunk, at);
    empty(chunk);
    this.#body = body;
  }

  #drop(): void {
    if (this.#body !== undefined) empty(this.#body);
    this.#body = undefined;
  }

  #fail(error: GatewayError): void {
    this.#over()?.reject(error);
  }

  #over(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#watch.forget(this);
    this.#waiting = undefined;
    this.#drop();
    return waiting;
  }
}

function tooLarge(limitBytes: number): GatewayError {
  const megabytes = Math.floor(limitBytes / (1024 * 1024));
  const limit = megabytes > 0 ? `${megabytes} MB` : `${limitBytes} bytes`;
  return new GatewayError("body-too-large", `the request is larger than the gateway's limit of ${limit}`);
}
