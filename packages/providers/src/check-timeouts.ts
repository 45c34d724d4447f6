import type { SettingsProblem } from "./errors.ts";
import type { ProviderDeadlines } from "./provider-deadlines.ts";

/** The longest delay that timers can keep: 2^31 - 1 ms. */
const maxMs = 2_147_483_647;

/** Finds deadlines that no timer can keep. */
export function checkTimeouts(timeouts: Readonly<Partial<ProviderDeadlines>> = {}): SettingsProblem[] {
  return Object.entries(timeouts)
    .filter(([, ms]) => !Number.isInteger(ms) || ms < 1 || ms > maxMs)
    .map(([name, ms]) => ({
      code: "invalid-timeout",
      setting: `timeouts.${name}`,
      message: `${ms} is not possible; give whole milliseconds from 1 to ${maxMs}`,
    }));
}
