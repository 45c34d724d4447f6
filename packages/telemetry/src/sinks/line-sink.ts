import type { ExchangeOutcome } from "../exchange-record.ts";
import type { RecordSink } from "../recorder.ts";

const levels = {
  ok: "info",
  cancelled: "info",
  refused: "warn",
  failed: "warn",
  truncated: "warn",
} as const satisfies Record<ExchangeOutcome, "info" | "warn">;

/** Which exchanges are written: all, only those that did not go as the client wished, or none. */
export type LineLevel = "info" | "warn" | "none";

/** What lines are written to; one that gathers them can have them made later. */
export interface LineDestination {
  write(line: string): unknown;
  writeLater?(make: () => string): unknown;
}

/** What a {@link lineSink} is made of. */
export interface LineSinkOptions {
  /** Where lines go; the same place as the rest of the log. */
  readonly destination: LineDestination;
  readonly level?: LineLevel;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * A sink that writes one JSON line for each exchange, of the same form as the logger's: `info` when it went as the
 * client wished, else `warn`. It does not go through the logger, which takes six times as long for a flat record whose
 * texts are masked already.
 */
export function lineSink({ destination, level = "info", now }: LineSinkOptions): RecordSink {
  const isoTime = isoWriter();
  return {
    name: "log",
    write(record) {
      const severity = levels[record.outcome];
      if (level === "none" || (level === "warn" && severity === "info")) return;
      const ms = now();
      const make = (): string =>
        `{"level":"${severity}","time":"${isoTime(ms)}",${JSON.stringify(record).slice(1, -1)},"msg":"exchange"}\n`;
      if (destination.writeLater === undefined) destination.write(make());
      else destination.writeLater(make);
    },
  };
}

/** Writes ISO times, all but the milliseconds anew only once a second. */
function isoWriter(): (ms: number) => string {
  let second = Number.NaN;
  let text = "";
  return (ms) => {
    const current = Math.floor(ms / 1_000);
    if (current !== second) {
      second = current;
      text = new Date(current * 1_000).toISOString().slice(0, -"000Z".length);
    }
    return `${text}${String(ms - current * 1_000).padStart(3, "0")}Z`;
  };
}
