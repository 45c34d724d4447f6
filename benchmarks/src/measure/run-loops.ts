import { spreadOf, type Spread } from "./statistics.ts";

/** A piece of work that is repeated inside this process. */
export interface Loop {
  readonly name: string;
  /** Units that one run works through: events, KB, requests. */
  readonly units: number;
  /** Gives the number of bytes it made, so that nothing of its work can be left out. */
  run(): number;
}

/**
 * Microseconds a unit of each loop. All take turns, so many times each and as often before anything counts, so that
 * their code is compiled and a disturbance falls on all alike. What else the machine does only ever adds time: the
 * lower quartile is the figure to go by.
 */
export function runLoops(loops: readonly Loop[], repeats: number): Spread[] {
  const times = loops.map((): number[] => []);
  for (let round = -repeats; round < repeats; round++) {
    for (const [index, loop] of loops.entries()) {
      const start = performance.now();
      const bytes = loop.run();
      const micros = (performance.now() - start) * 1000;
      if (bytes === 0) throw new Error(`${loop.name} made nothing`);
      if (round >= 0) times[index]?.push(micros / loop.units);
    }
  }
  return times.map(spreadOf);
}
