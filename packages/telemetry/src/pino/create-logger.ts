import { destination as fileDestination, type DestinationStream, type Logger, pino, stdTimeFunctions } from "pino";
import { redact } from "../redact.ts";
import { LineGatherer } from "./line-gatherer.ts";

/** One write for all lines of a tenth of a second: a write for each cost a tenth of a gateway's CPU time. */
const gathering = { afterMs: 100, mostChars: 64 * 1024 };

/** How loud a log is: lines of this level and above are written. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** What a log is made of. */
export interface LoggerOptions {
  readonly level?: LogLevel;
  /** Where lines go. Default: standard output, gathered for up to 100 ms, without waiting for its reader. */
  readonly destination?: DestinationStream;
}

/**
 * A pino logger of JSON lines with ISO times, level names and neither process id nor host name.
 * Every line passes through {@link redact} as it is written, so that no caller has to remember to.
 */
export function createLogger({ level = "info", destination }: LoggerOptions = {}): Logger {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string): object => ({ level: label }) },
    hooks: { streamWrite: redact },
  };
  return pino(options, destination ?? standardOutput());
}

/** Standard output, gathered for up to 100 ms and flushed when the process ends. */
export function standardOutput(): LineGatherer {
  // A least length makes its `flush` wait for what is being written.
  const output = fileDestination({ fd: 1, sync: false, minLength: 1 });
  const gatherer = new LineGatherer(output, gathering);
  const flushSync = output.flushSync.bind(output);
  // As a process ends, pino flushes its output; what is gathered before it goes first.
  output.flushSync = () => {
    gatherer.handOn();
    flushSync();
  };
  return gatherer;
}
