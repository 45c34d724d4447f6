import type { ExchangeOutcome } from "../exchange-record.ts";
import type { RecordSink } from "../recorder.ts";

/** As much of a pino logger as the sink needs. */
export interface LineLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const levels = {
  ok: "info",
  cancelled: "info",
  refused: "warn",
  failed: "warn",
  truncated: "warn",
} as const satisfies Record<ExchangeOutcome, keyof LineLogger>;

/** A sink that writes one line for each exchange: `info` when it went as the client wished, else `warn`. */
export function pinoSink(logger: LineLogger): RecordSink {
  return {
    name: "log",
    write(record) {
      logger[levels[record.outcome]](record, "exchange");
    },
  };
}
