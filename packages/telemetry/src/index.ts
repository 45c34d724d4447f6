export {
  type AttemptRecord,
  createExchangeRecord,
  type ExchangeFacts,
  type ExchangeOutcome,
  type ExchangeRecord,
} from "./exchange-record.ts";
export {
  createRecorder,
  type Recorder,
  RecorderError,
  type RecorderErrorCode,
  type RecorderOptions,
  type RecordSink,
} from "./recorder.ts";
export { redact } from "./redact.ts";
export { type LineDestination, type LineLevel, lineSink, type LineSinkOptions } from "./sinks/line-sink.ts";
