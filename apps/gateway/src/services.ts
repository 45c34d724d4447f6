import type { KeyRing, RouteTable } from "@drawbridge/governance";
import type { ConfiguredProvider } from "@drawbridge/providers";
import type { Recorder } from "@drawbridge/telemetry";
import type { Lessons } from "./exchange/lessons.ts";
import type { KeepAlive } from "./serving/keep-alive.ts";
import type { Lifecycle } from "./serving/lifecycle.ts";

/** Everything that a configuration decides. Never changed, only replaced as a whole. */
export interface Snapshot {
  readonly providers: ReadonlyMap<string, ConfiguredProvider>;
  readonly routes: RouteTable;
  readonly keys: KeyRing;
  readonly bodyLimitBytes: number;
}

/** All that the line of an exchange needs from outside, built once at start-up. */
export interface Services {
  /** The snapshot in force; an exchange takes it once and keeps it to its end. */
  snapshot(): Snapshot;
  readonly recorder: Recorder;
  readonly lessons: Lessons;
  readonly keepAlive: KeepAlive;
  readonly lifecycle: Lifecycle;
  /** Milliseconds of a clock that never goes back. */
  clock(): number;
  newId(prefix: "msg" | "req"): string;
  /** Logs an error that nobody foresaw. */
  reportDefect(error: unknown, requestId: string): void;
}
