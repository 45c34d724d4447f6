import type { ServerResponse } from "node:http";
import { nowhere, type Watched } from "@drawbridge/providers/node";

/** Claude Code gives up on an answer whose head has not come after 360 seconds, so the head goes out before that. */
const headAfterMs = 240_000;
const spaceEveryMs = 10_000;

export interface PatientHeadOptions {
  readonly outgoing: ServerResponse;
  readonly writeHead: () => void;
  readonly clock: () => number;
}

/** Keeps a client that waits for a whole answer: sends the head late, then now and then a space, which JSON allows before a value. */
export class PatientHead implements Watched {
  place = nowhere;
  dueMs: number;
  readonly #options: PatientHeadOptions;

  constructor(options: PatientHeadOptions) {
    this.#options = options;
    this.dueMs = options.clock() + headAfterMs;
  }

  onDue(): void {
    const { outgoing, writeHead, clock } = this.#options;
    this.dueMs = clock() + spaceEveryMs;
    if (outgoing.destroyed) return;
    if (!outgoing.headersSent) writeHead();
    outgoing.write(" ");
  }
}
