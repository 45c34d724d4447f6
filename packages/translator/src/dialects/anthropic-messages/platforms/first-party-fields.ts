import type { GatedField } from "../platform.ts";
import { betaNames } from "./beta-names.ts";

/** Fields that are taken nowhere but at Anthropic. */
export const firstPartyFields: readonly GatedField[] = [
  { in: "cache_control", field: "scope", betas: [betaNames.cacheScope] },
  { in: "message", field: "output_config", betas: [betaNames.perTurn] },
  { in: "request", field: "speed", betas: [betaNames.fastMode] },
];
