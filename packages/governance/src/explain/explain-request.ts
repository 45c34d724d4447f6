import type { Decision, Denial } from "../errors.ts";
import { fitOutput, type OutputFit } from "../lease/fit-output.ts";
import type { LeaseHolder, LeaseMode, RequestBound } from "../lease/lease-request.ts";
import { demandOf, quantityIn } from "../limits/demand.ts";
import type { Amounts } from "../limits/limit.ts";
import { denyByLimit, type LimitDenial } from "../limits/limit-denial.ts";
import { describeLimit } from "../limits/explain-refusal.ts";
import type { LimitUsage } from "../limits/limit-store.ts";
import { targetChoice } from "../policy/allow-target.ts";
import type { Authorization } from "../policy/authorize.ts";
import { decideRoute, type RouteDecision, type RouteRequest, type RouteSource } from "../routing/decide-route.ts";
import { resolveModel } from "../routing/resolve-model.ts";
import type { RouteLink } from "../routing/route-table.ts";
import { refusalBy } from "../routing/plan-route.ts";
import type { ExplainedChain, ExplainedLimit, ExplainedRefusal, Explanation } from "./explanation.ts";

/** What else an explanation can tell of, each left out where it is not known. */
export interface ExplainOptions {
  /** What the filters for endpoints and tools say. */
  readonly authorization?: Decision<Authorization> | undefined;
  /** The most that the request can take, with what rules leave of it; without it no limit refuses. */
  readonly bound?: RequestBound | undefined;
  /** How much of it is held at first; `incremental` unless told. */
  readonly mode?: LeaseMode | undefined;
}

/** A request, and on whose account it would run. */
export interface ExplainedCall extends RouteRequest {
  readonly principal: RouteRequest["principal"] & Pick<LeaseHolder, "scopes">;
}

/** What is held of an answer at first. */
const sliceTokens = 1_024;

/**
 * Says what would become of a request and why: which rules hold and what they looked at, where it would go, how the
 * limits stand (`budgets` of the request), and all that stands in its way. Changes nothing.
 */
export function explainRequest(
  source: RouteSource,
  request: ExplainedCall,
  { authorization, bound, mode = "incremental" }: ExplainOptions = {},
): Explanation {
  const decision = decideRoute(source, request);
  const fit = bound && fitOutput(request.principal.scopes, bound, mode);
  const need = bound && firstNeed(bound, fit, mode);
  const limits = (request.budgets ?? []).map((usage) => ({ usage, denial: denialBy(usage, need, request.atMs) }));
  return {
    atMs: request.atMs,
    ...whoAndWhat(request, decision, fit),
    rules: source.rules === undefined ? [] : source.rules.explain(request).rules,
    removedTools: removedBy(authorization),
    chain: explainChain(source, request, decision),
    limits: limits.map(({ usage, denial }) => explainLimit(usage, denial)),
    refusals: [
      ...deniedBy("filter", authorization),
      ...(decision.ok ? [] : [refusal(decision.code === "rule-refused" ? "rule" : "route", decision)]),
      ...(fit === undefined || fit.fits ? [] : [refusal("limit", denyByLimit(fit.refusal, request.atMs))]),
      ...limits.flatMap(({ denial }) => (denial === undefined ? [] : [refusal("limit", denial)])),
    ],
  };
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

/** The chain with what policies leave out of it, and why. */
function explainChain(
  { routes }: RouteSource,
  { request, principal }: RouteRequest,
  { ruling }: RouteDecision,
): ExplainedChain | undefined {
  if (ruling?.refusal !== undefined) return undefined;
  const asked = request.modelAsked;
  const resolved = resolveModel(routes, asked);
  const links: readonly RouteLink[] | undefined = ruling?.route?.links ?? (resolved.ok ? resolved.links : undefined);
  return (
    links && {
      by: ruling?.route === undefined ? "the model's name" : `rule ${ruling.route.rule}`,
      links: links.map(({ order, targets }) => ({
        order,
        targets: targets.map((target) => ({
          target: `${target.provider}/${target.model}`,
          weight: target.weight,
          region: target.region,
          refused: refusalBy(principal.policies, targetChoice(asked, target))?.reason,
        })),
      })),
    }
  );
}

/** What costs nothing passes a limit that is used up. */
function denialBy(usage: LimitUsage, amounts: Amounts | undefined, atMs: number): LimitDenial | undefined {
  if (amounts === undefined) return undefined;
  const need = quantityIn(demandOf(amounts, 1), usage.limit.of);
  if (need === 0 || usage.used + usage.held + need <= usage.limit.amount) return undefined;
  return denyByLimit({ ...usage, need }, atMs);
}

function explainLimit(
  { scope, limit, used, held, resetsAtMs }: LimitUsage,
  denial: LimitDenial | undefined,
): ExplainedLimit {
  const told = { scope, limit: describeLimit(limit), amount: limit.amount, used, held, resetsAtMs };
  return { ...told, refused: denial?.reason };
}
