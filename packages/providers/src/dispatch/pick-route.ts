import type { DispatchCredential, DispatchLink, DispatchPlan, DispatchTarget } from "./dispatch-plan.ts";
import type { NameCache, PlaceNames } from "./place-names.ts";
import { rendezvousScore } from "./rendezvous.ts";

/** A place that a plan leads to. */
export interface Candidate<T, C> {
  readonly link: DispatchLink<T>;
  readonly target: T;
  readonly credential: C;
  readonly place: PlaceNames;
}

/** By what one of several candidates is picked. */
export interface PickOptions<T> {
  readonly names: NameCache;
  /** What holds equals apart: the same seed picks the same place. */
  readonly seed: number;
  readonly usable: (place: PlaceNames) => boolean;
  /** Orders equals before weight does, the highest first; asked for the orders other than weight. */
  readonly merit: (upstream: string, target: T, link: DispatchLink<T>) => number;
}

/** Picks where to ask: the best usable place of the first link that has any; undefined when none has. */
export function pickRoute<T extends DispatchTarget<C>, C extends DispatchCredential>(
  plan: DispatchPlan<T>,
  options: PickOptions<T>,
): Candidate<T, C> | undefined {
  for (const link of plan.links) {
    const found = pickTarget<T, C>(link, options);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All places of a plan, in the order in which it names them. */
export function candidatesOf<T extends DispatchTarget<C>, C extends DispatchCredential>(
  plan: DispatchPlan<T>,
  names: NameCache,
): Candidate<T, C>[] {
  return plan.links.flatMap((link) =>
    link.targets.flatMap((target) => {
      const { places } = names.of(target);
      return target.provider.credentials.flatMap((credential, index) => {
        const place = places[index];
        const isOut = place === undefined || target.permits?.(credential) === false;
        return isOut ? [] : [{ link, target, credential, place }];
      });
    }),
  );
}

function pickTarget<T extends DispatchTarget<C>, C extends DispatchCredential>(
  link: DispatchLink<T>,
  options: PickOptions<T>,
): Candidate<T, C> | undefined {
  const [first] = link.targets;
  if (link.targets.length === 1 && first !== undefined) return pickCredential<T, C>(first, link, options);
  let best: Candidate<T, C> | undefined;
  let bestMerit = Number.NEGATIVE_INFINITY;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const target of link.targets) {
    const candidate = pickCredential<T, C>(target, link, options);
    if (candidate === undefined) continue;
    const { hash, upstream } = options.names.of(target);
    const merit = link.order === "weight" ? 0 : options.merit(upstream, target, link);
    const score = rendezvousScore(options.seed, hash, target.weight);
    const isBetter = best === undefined || merit > bestMerit || (merit === bestMerit && score > bestScore);
    if (!isBetter) continue;
    best = candidate;
    bestMerit = merit;
    bestScore = score;
  }
  return best;
}

function pickCredential<T extends DispatchTarget<C>, C extends DispatchCredential>(
  target: T,
  link: DispatchLink<T>,
  { names, seed, usable }: PickOptions<T>,
): Candidate<T, C> | undefined {
  const { places } = names.of(target);
  const { credentials } = target.provider;
  let best: PlaceNames | undefined;
  let bestCredential: C | undefined;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < credentials.length; index++) {
    const place = places[index];
    const credential = credentials[index];
    if (place === undefined || credential === undefined || target.permits?.(credential) === false) continue;
    const score = rendezvousScore(seed, place.hash, credential.weight);
    if (score <= bestScore || !usable(place)) continue;
    best = place;
    bestCredential = credential;
    bestScore = score;
  }
  return best === undefined || bestCredential === undefined
    ? undefined
    : { link, target, credential: bestCredential, place: best };
}
