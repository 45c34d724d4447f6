import type { Demand } from "./demand.ts";
import type { Facts } from "./facts.ts";
import { placesOf, placesOfWord } from "./places.ts";
import { type Placed, type Shelf, shelfOf } from "./shelf.ts";
import { costlyVariables } from "./variables.ts";

/** Gives the rules that are to be asked, in order; undefined at the end. */
export type NextRule<Rule> = () => Rule | undefined;

/** As much of a rule as finding it takes. */
export interface IndexedRule {
  readonly condition: { readonly demands: readonly Demand[] } | undefined;
  readonly tag?: Readonly<Record<string, string>> | undefined;
}

/**
 * Finds the rules that may hold for a request, without asking those whose condition demands what is not so, like another
 * team, model or tool: it would have been false, and would not have failed. Nothing is read of the request that asking
 * one rule after the other would not have read.
 */
export function ruleIndex<Rule extends IndexedRule>(rules: readonly Rule[]): (facts: Facts) => NextRule<Rule> {
  const shelves = shelvesOf(rules);
  const all = placesOf(rules.keys(), rules.length);
  return (facts) => {
    const left = all.slice();
    const searched = new Set<Shelf>();
    let word = 0;
    return () => {
      while (word < left.length) {
        const places = left[word] ?? 0;
        const lowest = places & -places;
        const at = word * placesOfWord + placesOfWord - 1 - Math.clz32(lowest);
        const shelf = shelves[at];
        if (lowest === 0) word += 1;
        else if (shelf === undefined || searched.has(shelf)) {
          left[word] = places & ~lowest;
          return rules[at];
        } else {
          searched.add(shelf);
          keepMet(left, shelf, facts);
        }
      }
      return undefined;
    };
  };
}

function keepMet(left: number[], shelf: Shelf, facts: Facts): void {
  const met = shelf.met(facts);
  for (let word = 0; word < left.length; word++) {
    left[word] = (left[word] ?? 0) & ((shelf.others[word] ?? 0) | (met?.[word] ?? 0));
  }
}

/** To look up what a single rule demands costs as much as to ask it. */
const fewest = 2;

/** The shelf of each rule: of those that it could stand on, the one that tells the most rules apart. */
function shelvesOf(rules: readonly IndexedRule[]): readonly (Shelf | undefined)[] {
  const addedTags = new Set(rules.flatMap(({ tag = {} }) => Object.keys(tag)));
  const possible = rules.flatMap(({ condition }, at) =>
    (condition?.demands ?? []).filter((demand) => isFree(demand, addedTags)).map((demand): Placed => ({ at, demand })),
  );
  const values = new Map<string, Set<unknown>>();
  for (const { demand } of possible) {
    const known = values.get(titleOf(demand)) ?? new Set();
    for (const value of demand.values) known.add(value);
    values.set(titleOf(demand), known);
  }
  const worth = ({ demand }: Placed): number => values.get(titleOf(demand))?.size ?? 0;
  const chosen = new Map<number, Placed>();
  for (const one of possible) {
    const known = chosen.get(one.at);
    if (known === undefined || worth(one) > worth(known)) chosen.set(one.at, one);
  }
  const shelves = Array<Shelf | undefined>(rules.length).fill(undefined);
  for (const [first, ...rest] of Map.groupBy(chosen.values(), ({ demand }) => titleOf(demand)).values()) {
    if (first === undefined || rest.length + 1 < fewest) continue;
    const shelf = shelfOf([first, ...rest], rules.length);
    for (const { at } of [first, ...rest]) shelves[at] = shelf;
  }
  return shelves;
}

/** Tags that rules add on their way change while they are asked, and what is costly is read only when it must be. */
function isFree({ subject: { variable, part }, always }: Demand, addedTags: ReadonlySet<string>): boolean {
  if (variable === "tags" && part !== undefined && addedTags.has(part)) return false;
  return always || !costlyVariables.has(variable);
}

function titleOf({ subject, test }: Demand): string {
  return `${test} ${subject.text}`;
}
