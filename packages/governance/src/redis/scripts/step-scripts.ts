import { checkScript } from "./check.ts";
import { closeScript } from "./close.ts";
import { dumpScript } from "./dump.ts";
import { mergeScript } from "./merge.ts";
import { fence, fillingFence, opening, prelude } from "./prelude.ts";
import { reserveScript } from "./reserve.ts";
import { seedScript } from "./seed.ts";
import { sweepScript } from "./sweep.ts";
import { topUpScript } from "./top-up.ts";
import { touchScript } from "./touch.ts";
import { usageScript } from "./usage.ts";

/** The steps on a partition, each a script. */
export const stepScripts = {
  reserve: prelude + fillingFence + reserveScript,
  topUp: prelude + fillingFence + topUpScript,
  close: prelude + fillingFence + closeScript,
  touch: prelude + fillingFence + touchScript,
  sweep: prelude + fillingFence + sweepScript,
  usage: prelude + fillingFence + usageScript,
  // What it fills is what the fence keeps the others from.
  seed: prelude + seedScript,
  merge: prelude + fillingFence + mergeScript,
  check: opening + fillingFence + checkScript,
  dump: prelude + fence + dumpScript,
} as const;

/** The name of a step. */
export type StepName = keyof typeof stepScripts;
