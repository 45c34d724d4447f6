import { closeScript } from "./close.ts";
import { prelude } from "./prelude.ts";
import { reserveScript } from "./reserve.ts";
import { sweepScript } from "./sweep.ts";
import { topUpScript } from "./top-up.ts";
import { touchScript } from "./touch.ts";
import { usageScript } from "./usage.ts";

/** The steps on a partition, each a script. */
export const stepScripts = {
  reserve: prelude + reserveScript,
  topUp: prelude + topUpScript,
  close: prelude + closeScript,
  touch: prelude + touchScript,
  sweep: prelude + sweepScript,
  usage: prelude + usageScript,
} as const;

/** The name of a step. */
export type StepName = keyof typeof stepScripts;
