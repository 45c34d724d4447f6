import type { OutputFit } from "../lease/fit-output.ts";
import { denyByLimit, type LimitDenial } from "../limits/limit-denial.ts";
import type { LimitUsage } from "../limits/limit-store.ts";
import { targetChoice } from "../policy/allow-target.ts";
import type { RouteDecision, RouteRequest, RouteSource } from "../routing/decide-route.ts";
import { refusalBy } from "../routing/plan-route.ts";
import { resolveModel } from "../routing/resolve-model.ts";
import type { RouteLink } from "../routing/route-table.ts";
import { explainLimit, type LimitQuestion, type LimitVerdict } from "./explain-limit.ts";
import type { ExplainedChain } from "./explanation.ts";

/** The chain with what policies leave out of it, and why. */
export function explainChain(
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
          provider: target.provider,
          weight: target.weight,
          region: target.region,
          refused: refusalBy(principal.policies, targetChoice(asked, target))?.reason,
        })),
      })),
    }
  );
}

/** How limits on providers stand to a chain. */
export interface ProviderVerdicts {
  /** The chain, with the places that have no room. */
  readonly chain: ExplainedChain | undefined;
  readonly limits: readonly LimitVerdict[];
  /** Why no place has room; undefined where one has, or where there is none to begin with. */
  readonly denial: LimitDenial | undefined;
}

/** What is known of limits on providers. */
export interface ProviderLimits {
  /** How those stand that count for what goes to one. */
  readonly usageAt: (provider: string) => readonly LimitUsage[];
  /** What those on single requests leave of an answer; undefined where its length is not known. */
  readonly fitAt: (provider: string) => OutputFit | undefined;
}

/**
 * Holds a request against the limits on each provider that it may go to: one without room is passed over, and another may
 * give no more than a shorter answer.
 */
export function explainProviders(
  chain: ExplainedChain | undefined,
  { usageAt, fitAt }: ProviderLimits,
  question: LimitQuestion,
): ProviderVerdicts {
  const verdicts = new Map<string, readonly LimitVerdict[]>();
  const at = (provider: string): readonly LimitVerdict[] => {
    const known = verdicts.get(provider) ?? usageAt(provider).map((usage) => explainLimit(usage, question));
    verdicts.set(provider, known);
    return known;
  };
  const links = chain?.links.map((link) => ({
    ...link,
    targets: link.targets.map((target) => {
      if (target.refused !== undefined) return target;
      const fit = fitAt(target.provider);
      if (fit?.fits === false) return { ...target, noRoom: denyByLimit(fit.refusal, question.atMs).reason };
      const full = at(target.provider).find(({ denial }) => denial !== undefined);
      if (full !== undefined) return { ...target, noRoom: full.denial?.reason };
      return fit === undefined ? target : { ...target, maxTokens: fit.outputTokens };
    }),
  }));
  const open = (links ?? []).flatMap(({ targets }) => targets.filter(({ refused }) => refused === undefined));
  const isFull = open.length > 0 && open.every(({ noRoom }) => noRoom !== undefined);
  const limits = [...verdicts.values()].flat();
  return {
    chain: chain && links && { ...chain, links },
    limits,
    denial: isFull
      ? (limits.find(({ denial }) => denial !== undefined)?.denial ?? unfit(open, fitAt, question))
      : undefined,
  };
}

/** Which limit on single requests keeps a request out of all these places. */
function unfit(
  places: readonly { readonly provider: string }[],
  fitAt: ProviderLimits["fitAt"],
  { atMs }: LimitQuestion,
): LimitDenial | undefined {
  const fit = places.map(({ provider }) => fitAt(provider)).find((one) => one?.fits === false);
  return fit?.fits === false ? denyByLimit(fit.refusal, atMs) : undefined;
}
