import type { IdleMemory } from "../measure/measure-idle-streams.ts";
import type { EncodingCost } from "../measure/measure-encoding.ts";
import type { LoopCost } from "../measure/measure-in-process.ts";
import type { StreamCost } from "../measure/measure-streams.ts";
import type { Options } from "../options.ts";
import type { Row } from "../measure/summarize.ts";

/** Everything one run has found; written as JSON as it is. */
export interface Results {
  readonly at: string;
  readonly machine: { readonly node: string; readonly cpu: string; readonly cores: number; readonly load: number };
  readonly rounds: number;
  /** Of each proxy, one after the other. */
  readonly processes: number;
  /** Of each process, before anything counted. */
  readonly warmUpRounds: Options["warmUpRounds"];
  /** Requests between two readings of the CPU time. */
  readonly cpuRequests: Options["cpuRequests"];
  readonly rows: readonly Row[];
  readonly idle: readonly IdleMemory[];
  readonly inProcess: readonly LoopCost[];
  readonly streams: readonly StreamCost[];
  readonly encoding: readonly EncodingCost[];
}
