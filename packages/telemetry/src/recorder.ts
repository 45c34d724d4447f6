import type { ExchangeRecord } from "./exchange-record.ts";

/** A place where records go. `write` may take its time by returning a promise; the exchange never waits for it. */
export interface RecordSink {
  /** For messages about the sink. */
  readonly name: string;
  write(record: ExchangeRecord): void | Promise<void>;
}

/** Why a record did not reach a sink. */
export type RecorderErrorCode = "sink-failed" | "sink-overloaded";

/** Given to `onSinkError` when a record is lost. `message` names the sink; `cause` is what the sink threw. */
export class RecorderError extends Error {
  override readonly name = "RecorderError";
  readonly code: RecorderErrorCode;
  readonly sink: string;

  constructor(code: RecorderErrorCode, sink: string, options?: ErrorOptions) {
    super(`${sink}: ${explanations[code]}`, options);
    this.code = code;
    this.sink = sink;
  }
}

const explanations = {
  "sink-failed": "a record was lost because the sink failed",
  "sink-overloaded": "a record was lost because too many are still being written",
} as const satisfies Record<RecorderErrorCode, string>;

/** Hands records to every sink. */
export interface Recorder {
  /** Returns at once and never throws, whatever the sinks do. */
  record(record: ExchangeRecord): void;
  /** Waits until every record handed over so far is written or lost. For shutdown. */
  flush(): Promise<void>;
}

/** What a {@link Recorder} is made of. */
export interface RecorderOptions {
  readonly sinks: readonly RecordSink[];
  /** Told of every lost record; what it throws is ignored. */
  readonly onSinkError: (error: RecorderError) => void;
  /** How many records one sink may have in the works before further ones are lost. */
  readonly mostPending?: number;
}

/** A recorder over these sinks. One sink's failure does not keep a record from the others. */
export function createRecorder({ sinks, onSinkError, mostPending = 10_000 }: RecorderOptions): Recorder {
  const lanes = sinks.map((sink) => ({ sink, pending: new Set<Promise<void>>() }));

  function report(error: RecorderError): void {
    try {
      onSinkError(error);
    } catch {
      // There is no one left to tell.
    }
  }

  function write(lane: (typeof lanes)[number], record: ExchangeRecord): void {
    const { sink, pending } = lane;
    if (pending.size >= mostPending) return report(new RecorderError("sink-overloaded", sink.name));
    try {
      const written = sink.write(record);
      if (written !== undefined) follow(lane, written);
    } catch (cause) {
      report(new RecorderError("sink-failed", sink.name, { cause }));
    }
  }

  function follow({ sink, pending }: (typeof lanes)[number], written: Promise<void>): void {
    const settled = written
      .catch((cause: unknown) => report(new RecorderError("sink-failed", sink.name, { cause })))
      .finally(() => pending.delete(settled));
    pending.add(settled);
  }

  return {
    record(record) {
      for (const lane of lanes) write(lane, record);
    },
    async flush() {
      await Promise.all(lanes.flatMap(({ pending }) => [...pending]));
    },
  };
}
