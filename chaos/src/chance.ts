import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Chance that a seed decides: the same seed gives the same campaign. */
export interface Chance {
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  /** One of these; weights are whole numbers. */
  pick<T>(choices: readonly (readonly [T, weight: number])[]): T;
}

/** Chance from a seed. */
export function chanceFrom(seed: number): Chance {
  const generator = xoroshiro128plus(seed);
  const between = (from: number, to: number): number => uniformInt(generator, from, to);
  return {
    between,
    pick(choices) {
      let ticket = between(
        1,
        choices.reduce((sum, [, weight]) => sum + weight, 0),
      );
      for (const [choice, weight] of choices) {
        ticket -= weight;
        if (ticket <= 0) return choice;
      }
      throw new RangeError("there is nothing to choose from");
    },
  };
}
