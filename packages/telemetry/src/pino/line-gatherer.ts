import type { DestinationStream } from "pino";

/** Where gathered lines go, and how they are all brought there. */
export interface GatheredDestination extends DestinationStream {
  flush(done: (error?: Error | null) => void): void;
}

/** When lines that have been gathered are handed on: the first of them after `afterMs`, or all at so many characters. */
export interface GatherLimits {
  readonly afterMs: number;
  readonly mostChars: number;
}

/** As long as the line of an exchange is taken to be before it is made. */
const usualChars = 700;

/**
 * Gathers lines and hands them on together. A line in a list costs next to nothing; a file's own buffer counts the bytes
 * of all that waits in it again for every line, and a write of its own takes a thread.
 */
export class LineGatherer implements DestinationStream {
  readonly #destination: GatheredDestination;
  readonly #limits: GatherLimits;
  #lines: (string | (() => string))[] = [];
  #chars = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(destination: GatheredDestination, limits: GatherLimits) {
    this.#destination = destination;
    this.#limits = limits;
  }

  write(line: string): void {
    this.#gather(line, line.length);
  }

  /** Takes a line that is made when it is handed on: many made in a row take half the time. */
  writeLater(make: () => string): void {
    this.#gather(make, usualChars);
  }

  #gather(line: string | (() => string), chars: number): void {
    this.#lines.push(line);
    this.#chars += chars;
    if (this.#chars >= this.#limits.mostChars) this.handOn();
    // A process with lines to write stays until they are written.
    else this.#timer ??= setTimeout(() => this.handOn(), this.#limits.afterMs);
  }

  /** Calls back when every line written so far has arrived. */
  flush(done: (error?: Error | null) => void): void {
    this.handOn();
    this.#destination.flush(done);
  }

  /** Gives everything to the destination. */
  handOn(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0) return;
    const text = this.#lines.map((line) => (typeof line === "string" ? line : line())).join("");
    this.#lines = [];
    this.#chars = 0;
    this.#destination.write(text);
  }
}
