import { placeOf, type Place } from "./attempt.ts";
import type { DispatchCredential, DispatchLink, DispatchPlan, DispatchTarget } from "./dispatch-plan.ts";
import { hashText, rendezvousScore } from "./rendezvous.ts";

/** A place that a plan leads to. */
export interface Candidate<T, C> {
  readonly link: DispatchLink<T>;
  readonly target: T;
  readonly credential: C;
  readonly place: Place;
}

/** By what one of several candidates is picked. */
export interface PickOptions<T, C> {
  /** What holds equals apart: the same seed picks the same place. */
  readonly seed: number;
  readonly usable: (candidate: Candidate<T, C>) => boolean;
  /** Orders equals before weight does, the highest first; asked for the orders other than weight. */
  readonly merit: (target: T, link: DispatchLink<T>) => number;
}

/** Picks where to ask: the best usable place of the first link that has any; undefined when none has. */
export function pickRoute<T extends DispatchTarget<C>, C extends DispatchCredential>(
  plan: DispatchPlan<T>,
  options: PickOptions<T, C>,
): Candidate<T, C> | undefined {
  for (const link of plan.links) {
    const found = pickTarget(link, options);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All places of a plan, in the order in which it names them. */
export function candidatesOf<T extends DispatchTarget<C>, C extends DispatchCredential>(
  plan: DispatchPlan<T>,
): Candidate<T, C>[] {
  return plan.links.flatMap((link) =>
    link.targets.flatMap((target) =>
      target.provider.credentials
        .filter((credential) => credential.serves(target.model))
        .map((credential) => ({ link, target, credential, place: placeOf(target, credential) })),
    ),
  );
}

function pickTarget<T extends DispatchTarget<C>, C extends DispatchCredential>(
  link: DispatchLink<T>,
  options: PickOptions<T, C>,
): Candidate<T, C> | undefined {
  const alone = link.targets.length === 1;
  let best: Candidate<T, C> | undefined;
  let bestMerit = Number.NEGATIVE_INFINITY;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const target of link.targets) {
    const candidate = pickCredential(target, link, options);
    if (candidate === undefined) continue;
    const merit = alone || link.order === "weight" ? 0 : options.merit(target, link);
    const score = alone ? 0 : scoreOf(target, options.seed);
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
  { seed, usable }: PickOptions<T, C>,
): Candidate<T, C> | undefined {
  const { provider, model } = target;
  let best: Candidate<T, C> | undefined;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const credential of provider.credentials) {
    const score = rendezvousScore(seed, hashText(credential.name), credential.weight);
    if (score <= bestScore || !credential.serves(model)) continue;
    const candidate = { link, target, credential, place: placeOf(target, credential) };
    if (!usable(candidate)) continue;
    best = candidate;
    bestScore = score;
  }
  return best;
}

function scoreOf({ provider, model, weight }: DispatchTarget<DispatchCredential>, seed: number): number {
  return rendezvousScore(seed, hashText(`${provider.name}/${model}`), weight);
}
