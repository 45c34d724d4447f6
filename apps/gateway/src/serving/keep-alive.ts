import { type Listed, Roster } from "./roster.ts";

/** A client that something is to be done about when it has been silent for long. Times are milliseconds of the same clock. */
export interface Watched extends Listed {
  /** When that is to be done. */
  readonly dueMs: number;
  /** Called at that time or a little later, and again until `dueMs` has moved on. */
  onDue(): void;
}

/** Watches all open answers with one timer, so that an answer costs no timer of its own and a write costs nothing. */
export interface KeepAlive {
  /** How long a stream may be silent. */
  readonly silenceMs: number;
  /** The time on the clock of what is watched. */
  now(): number;
  watch(client: Watched): void;
  forget(client: Watched): void;
  close(): void;
}

export interface KeepAliveOptions {
  readonly silenceMs: number;
  readonly clock: () => number;
}

/** Starts a watch; it looks four times within `silenceMs`, and twice a second at least. */
export function createKeepAlive({ silenceMs, clock }: KeepAliveOptions): KeepAlive {
  const clients = new Roster<Watched>();
  const everyMs = Math.max(5, Math.min(500, silenceMs / 4));
  const timer = setInterval(() => {
    const now = clock();
    clients.forEach((client) => {
      if (client.dueMs <= now) client.onDue();
    });
  }, everyMs);
  timer.unref();
  return {
    silenceMs,
    now: clock,
    watch: (client) => clients.add(client),
    forget: (client) => void clients.delete(client),
    close: () => clearInterval(timer),
  };
}
