import type { Spread } from "./statistics.ts";

/** What one unit of work costs inside this process. */
export interface LoopCost {
  readonly name: string;
  /** What the time is for: an event, a KB, a request. */
  readonly unit: string;
  readonly micros: Spread;
}

export function measureInProcess(_repeats: number): LoopCost[] {
  return [];
}
