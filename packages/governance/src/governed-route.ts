import { GovernanceError } from "./errors.ts";
import { type ExplainedCall, explainRequest, type ExplainOptions } from "./explain/explain-request.ts";
import type { Explanation } from "./explain/explanation.ts";
import type { LeaseHolder } from "./lease/lease-request.ts";
import type { Standings } from "./lease/standings.ts";
import type { LimitScope } from "./limits/limit-scope.ts";
import type { LimitUsage } from "./limits/limit-store.ts";
import type { Policy } from "./policy/policy.ts";
import { decideRoute, type RouteDecision, type RouteSource } from "./routing/decide-route.ts";
import type { RequestFacts } from "./rules/rule-context.ts";

/** A request whose way is asked. */
export interface GovernedRequest {
  /** Whose it is; a `Principal` is one. */
  readonly principal: LeaseHolder & { readonly policies: readonly Policy[] };
  readonly facts: RequestFacts;
  /** False for a provider that is out; without it all are well. */
  readonly healthy?: ((provider: string) => boolean) | undefined;
}

interface GovernedRouteParts {
  readonly source: Partial<RouteSource>;
  readonly standings: Standings;
  readonly clock: () => number;
  /** Told when the store of limits cannot say how budgets stand: then nothing counts as used. */
  readonly onTrouble: (error: unknown) => void;
}

interface GovernedExplainParts extends GovernedRouteParts {
  /** The scope of a provider as a whole. */
  readonly providerScope: (provider: string) => LimitScope | undefined;
}

/** Budgets are asked of the store again when they were read longer ago. */
const freshMs = 1_000;

/** Where a request goes. The store is asked only where a rule asks for budgets. */
export async function governedRoute(parts: GovernedRouteParts, request: GovernedRequest): Promise<RouteDecision> {
  const source = sourceOf(parts);
  const budgets = source.rules?.needs.has("budget") === true ? await standingOf(parts, request.principal) : [];
  return decideRoute(source, asked(parts, request, budgets));
}

/** What would become of a request, with how all its limits stand. */
export async function governedExplanation(
  parts: GovernedExplainParts,
  request: GovernedRequest,
  options: ExplainOptions,
): Promise<Explanation> {
  const source = sourceOf(parts);
  const call = asked(parts, request, await standingOf(parts, request.principal));
  const usages = await usagesAt(parts, request.principal, decideRoute(source, call));
  return explainRequest(source, call, {
    usageAt: (provider) => usages.get(provider) ?? [],
    scopesAt: (provider) => scopesAt(parts, request.principal, provider),
    ...options,
  });
}

/** How the limits on each provider stand that a request may go to. */
async function usagesAt(
  parts: GovernedExplainParts,
  holder: LeaseHolder,
  route: RouteDecision,
): Promise<ReadonlyMap<string, readonly LimitUsage[]>> {
  const targets = route.ok ? route.links.flatMap((link) => link.targets) : [];
  const usages = new Map<string, readonly LimitUsage[]>();
  for (const provider of new Set(targets.map((target) => target.provider))) {
    usages.set(provider, await standingOf(parts, { scopes: scopesAt(parts, holder, provider) }));
  }
  return usages;
}

function scopesAt(
  { providerScope }: Pick<GovernedExplainParts, "providerScope">,
  holder: LeaseHolder,
  provider: string,
): readonly LimitScope[] {
  const whole = providerScope(provider);
  const own = holder.scopesAt(provider);
  return whole === undefined ? own : [...own, whole];
}

function asked(
  { clock }: GovernedRouteParts,
  { principal, facts, healthy }: GovernedRequest,
  budgets: readonly LimitUsage[],
): ExplainedCall {
  const request = { request: facts, principal, atMs: clock(), budgets };
  return healthy === undefined ? request : { ...request, healthy };
}

/** How the limits of a holder stand; none where the store cannot say. */
export async function standingOf(
  { standings, onTrouble }: Pick<GovernedRouteParts, "standings" | "onTrouble">,
  { scopes }: Pick<LeaseHolder, "scopes">,
): Promise<readonly LimitUsage[]> {
  if (scopes.length === 0) return [];
  try {
    return await standings.usages(scopes, freshMs);
  } catch (error) {
    onTrouble(error);
    return [];
  }
}

function sourceOf({ source: { routes, rules } }: GovernedRouteParts): RouteSource {
  if (routes !== undefined) return { routes, rules };
  throw new GovernanceError("invalid-target", "this governance has no routes; give its snapshot a table of them");
}
