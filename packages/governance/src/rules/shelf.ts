import type { Demand } from "./demand.ts";
import type { Facts } from "./facts.ts";
import { type Places, placesOf, together } from "./places.ts";

/** Rules that demand something of the same subject. */
export interface Shelf {
  /** Those of other shelves, and of none. */
  readonly others: Places;
  /** Those whose demand is met, if any; all others of this shelf cannot hold. */
  met(facts: Facts): Places | undefined;
}

/** A demand, and the place of the rule whose it is. */
export interface Placed {
  readonly at: number;
  readonly demand: Demand;
}

/** The shelf of rules, out of `count`, whose demands put one subject to one test. */
export function shelfOf([first, ...rest]: readonly [Placed, ...Placed[]], count: number): Shelf {
  const standing = [first, ...rest];
  const own = new Set(standing.map(({ at }) => at));
  const others = placesOf(
    [...Array(count).keys()].filter((at) => !own.has(at)),
    count,
  );
  const { subject, test } = first.demand;
  const asking = placesByValue(standing, count);
  const find: Find = test === "is" ? (value) => asking.get(value) : byPrefix(asking);
  const { value: subjectValue } = subject;
  if (subjectValue.type !== "list") return { others, met: (facts) => find(subjectValue.run(facts)) };
  return {
    others,
    met(facts) {
      let met: Places | undefined;
      for (const entry of subjectValue.run(facts)) met = together(met, find(entry));
      return met;
    },
  };
}

type Value = Demand["values"][number];
type Find = (value: Value) => Places | undefined;

function placesByValue(standing: readonly Placed[], count: number): ReadonlyMap<Value, Places> {
  const wanted = standing.flatMap(({ at, demand }) => demand.values.map((value) => ({ at, value })));
  const byValue = Map.groupBy(wanted, ({ value }) => value);
  return new Map(
    [...byValue].map(([value, alike]) => [
      value,
      placesOf(
        alike.map(({ at }) => at),
        count,
      ),
    ]),
  );
}

/** Sorted by as many characters as all of them have, so that a text is compared only with those that begin alike. */
function byPrefix(asking: ReadonlyMap<Value, Places>): Find {
  const heads = [...asking].map(([head, places]) => ({ head: String(head), places }));
  const length = heads.reduce((least, { head }) => Math.min(least, head.length), Infinity);
  const alike = Map.groupBy(heads, ({ head }) => head.slice(0, length));
  return (value) => {
    const text = String(value);
    const begun = text.length < length ? undefined : alike.get(text.slice(0, length));
    let found: Places | undefined;
    for (const { head, places } of begun ?? []) if (text.startsWith(head)) found = together(found, places);
    return found;
  };
}
