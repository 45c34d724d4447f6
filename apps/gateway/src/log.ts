import { pino, type Logger } from "pino";

export interface LogOptions {
  readonly level: string;
  readonly write: (line: string) => unknown;
}

/** The gateway's log: one JSON object a line. */
export function createLog({ level, write }: LogOptions): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => void write(line) },
  );
}
