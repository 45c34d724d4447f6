import type { Decision, Denial } from "../errors.ts";
import { fitOutput, type OutputFit } from "../lease/fit-output.ts";
import type { LeaseHolder, LeaseMode, RequestBound } from "../lease/lease-request.ts";
import type { Amounts } from "../limits/limit.ts";
import { denyByLimit } from "../limits/limit-denial.ts";
import type { LimitScope } from "../limits/limit-scope.ts";
import type { LimitUsage } from "../limits/limit-store.ts";
import type { Authorization } from "../policy/authorize.ts";
import { decideRoute, type RouteDecision, type RouteRequest, type RouteSource } from "../routing/decide-route.ts";
import { explainChain, explainProviders } from "./explain-chain.ts";
import { explainLimit } from "./explain-limit.ts";
import type { ExplainedRefusal, Explanation } from "./explanation.ts";

/** What else an explanation can tell of, each left out where it is not known. */
export interface ExplainOptions {
  /** What the filters for endpoints and tools say. */
  readonly authorization?: Decision<Authorization> | undefined;
  /** The most that the request can take, with what rules leave of it; without it no limit refuses. */
  readonly bound?: RequestBound | undefined;
  /** How much of it is held at first; `incremental` unless told. */
  readonly mode?: LeaseMode | undefined;
  /** How the limits stand that count besides for what goes to one provider. */
  readonly usageAt?: ((provider: string) => readonly LimitUsage[]) | undefined;
  /** The scopes that these limits are of: those on single requests, of which nothing is used, are found there. */
  readonly scopesAt?: ((provider: string) => readonly LimitScope[]) | undefined;
}

/** A request, and on whose account it would run. */
export interface ExplainedCall extends RouteRequest {
  readonly principal: RouteRequest["principal"] & Pick<LeaseHolder, "scopes">;
}

const nothingAt = (): readonly [] => [];

/** What is held of an answer at first. */
const sliceTokens = 1_024;

/**
 * Says what would become of a request and why: which rules hold and what they looked at, where it would go, how the
 * limits stand (`budgets` of the request), and all that stands in its way. Changes nothing.
 */
export function explainRequest(source: RouteSource, request: ExplainedCall, options: ExplainOptions = {}): Explanation {
  const { authorization, bound, mode = "incremental", usageAt = nothingAt, scopesAt } = options;
  const decision = decideRoute(source, request);
  const fit = bound && fitOutput(request.principal.scopes, bound, mode);
  const need = bound && firstNeed(bound, fit, mode);
  const question = { need, atMs: request.atMs };
  const own = (request.budgets ?? []).map((usage) => explainLimit(usage, question));
  const fitAt = (provider: string): OutputFit | undefined =>
    bound && fit?.fits === true
      ? fitThere(scopesAt?.(provider) ?? [], { ...bound, outputTokens: fit.outputTokens }, mode)
      : undefined;
  const providers = explainProviders(explainChain(source, request, decision), { usageAt, fitAt }, question);
  return {
    atMs: request.atMs,
    ...whoAndWhat(request, decision, fit),
    rules: source.rules === undefined ? [] : source.rules.explain(request).rules,
    removedTools: removedBy(authorization),
    chain: providers.chain,
    limits: [...own, ...providers.limits].map(({ told }) => told),
    refusals: [
      ...deniedBy("filter", authorization),
      ...(decision.ok ? [] : [refusal(decision.code === "rule-refused" ? "rule" : "route", decision)]),
      ...(fit === undefined || fit.fits ? [] : [refusal("limit", denyByLimit(fit.refusal, request.atMs))]),
      ...[...own, providers].flatMap(({ denial }) => (denial === undefined ? [] : [refusal("limit", denial)])),
    ],
  };
}

/** What limits at a provider leave of an answer; undefined for all of it. */
function fitThere(scopes: readonly LimitScope[], bound: RequestBound, mode: LeaseMode): OutputFit | undefined {
  const fit = fitOutput(scopes, bound, mode);
  return fit.fits && fit.outputTokens === bound.outputTokens ? undefined : fit;
}

function removedBy(authorization: ExplainOptions["authorization"]): readonly string[] {
  return authorization?.allowed === true ? authorization.value.removeTools : [];
}

function deniedBy(by: ExplainedRefusal["by"], decision: Decision<unknown> | undefined): readonly ExplainedRefusal[] {
  return decision === undefined || decision.allowed ? [] : [refusal(by, decision)];
}

function whoAndWhat(
  { principal, request }: RouteRequest,
  { ruling }: RouteDecision,
  fit: OutputFit | undefined,
): Pick<Explanation, "principal" | "request"> {
  const { keyName: key, user, team, customer, tags } = principal;
  const { modelAsked: model, endpoint, agent, inputTokens, toolNames } = request;
  const ruled = atMost(request.maxTokens, ruling?.maxTokens);
  const maxTokens = fit?.fits === true ? atMost(ruled, fit.outputTokens) : ruled;
  return {
    principal: { key, user, team, customer, tags: { ...tags, ...ruling?.tags } },
    request: { model, endpoint, agent, inputTokens, maxTokens, tools: toolNames.length },
  };
}

function firstNeed(
  { inputTokens, outputTokens, nanoUsd }: RequestBound,
  fit: OutputFit | undefined,
  mode: LeaseMode,
): Amounts {
  const most = fit?.fits === true ? fit.outputTokens : outputTokens;
  const output = mode === "strict" ? most : Math.min(most, sliceTokens);
  return { inputTokens, outputTokens: output, nanoUsd: nanoUsd(output) };
}

function refusal(by: ExplainedRefusal["by"], { code, reason }: Denial): ExplainedRefusal {
  return { by, code, reason };
}

function atMost(asked: number | undefined, cap: number | undefined): number | undefined {
  return cap === undefined ? asked : Math.min(asked ?? cap, cap);
}
