import {
  authorize,
  decideRoute,
  type ExplainedCall,
  type Explanation,
  explainRequest,
  type LeaseTerms,
  type LimitScope,
  type LimitUsage,
  type Principal,
} from "@drawbridge/governance";
import type { ClientCall } from "@drawbridge/translator";
import { applyRuling } from "../exchange/apply-ruling.ts";
import { knownPlace, unpricedReason } from "../exchange/known-place.ts";
import { requestBound } from "../exchange/request-bound.ts";
import { requestFacts } from "../exchange/request-facts.ts";
import { targetsOf } from "../exchange/targets-of.ts";
import type { Snapshot } from "../services.ts";
import { dryClients } from "./dry-request.ts";
import type { ReadUsage } from "./dry-usage.ts";
import type { ExplainArguments } from "./explain-arguments.ts";

/** A request that is tried. */
export interface DryCall {
  readonly args: ExplainArguments;
  readonly call: ClientCall;
}

/** Whose request is tried, and under what. */
export interface DryRun {
  readonly snapshot: Snapshot;
  readonly principal: Principal;
  readonly usage: ReadUsage;
}

/** Says what would become of a request. */
export async function explainCall(run: DryRun, { args, call: asked }: DryCall): Promise<Explanation> {
  const { snapshot, principal, usage } = run;
  const { endpoint } = args;
  const authorization = authorize(principal, { endpoint, tools: () => asked.tools() });
  const call = authorization.allowed ? asked.withoutTools(authorization.value.removeTools) : asked;
  const request = await routeRequest(run, { args, call });
  const route = decideRoute(snapshot, request);
  const links = route.ok ? route.links : [];
  const targets = links.flatMap((link) => targetsOf(link, snapshot, principal.policies));
  const places = targets.map((target) => knownPlace(snapshot, target, request.atMs));
  const ruled = applyRuling({ principal, call }, route.ruling);
  // A whole answer is held from the start.
  const terms: LeaseTerms = { ...snapshot.terms, ...principal.terms };
  const mode = call.facts.stream ? terms.mode : "strict";
  const bounded = { call: ruled.call, client: dryClients[endpoint].name, isStrict: terms.mode === "strict" };
  const bound = places.length === 0 ? undefined : requestBound(bounded, places);
  const usages = new Map<string, readonly LimitUsage[]>();
  for (const { name } of new Set(targets.map(({ provider }) => provider))) {
    usages.set(name, await usage(scopesAt(run, name), request.atMs));
  }
  const usageAt = (provider: string): readonly LimitUsage[] => usages.get(provider) ?? [];
  const explanation = explainRequest(snapshot, request, {
    authorization,
    bound,
    mode,
    usageAt,
    scopesAt: (provider) => scopesAt(run, provider),
  });
  const isLimited = principal.scopes.some(({ rules }) => rules.some(({ limit }) => limit.of === "nanoUsd"));
  if (!isLimited || places.length === 0 || places.some(({ prices }) => prices.length > 0)) return explanation;
  const unpriced = { by: "limit", code: "no-price", reason: unpricedReason(targets, principal.keyName) } as const;
  return { ...explanation, refusals: [...explanation.refusals, unpriced] };
}

/** The scopes that count for what goes to a provider. */
function scopesAt({ snapshot, principal }: DryRun, provider: string): readonly LimitScope[] {
  const whole = snapshot.directory.providerScope(provider);
  return whole === undefined ? principal.scopesAt(provider) : [...principal.scopesAt(provider), whole];
}

async function routeRequest({ principal, usage }: DryRun, { args, call }: DryCall): Promise<ExplainedCall> {
  const { endpoint, headers } = args;
  const sessionId = headers["x-claude-code-session-id"];
  const atMs = args.atMs ?? Date.now();
  return {
    request: requestFacts({ endpoint, call, headers, sessionId, address: () => undefined }),
    principal,
    atMs,
    budgets: await usage(principal.scopes, atMs),
  };
}
