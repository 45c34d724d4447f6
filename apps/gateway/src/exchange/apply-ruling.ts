import type { Principal, RuleDecision } from "@drawbridge/governance";
import type { ClientCall } from "@drawbridge/translator";

/** A request, and on whose account it runs. */
interface Ruled {
  readonly principal: Principal;
  readonly call: ClientCall;
}

/** What rules make of a request beside its way: tags for the account, and a shorter answer. */
export function applyRuling({ principal, call }: Ruled, ruling: RuleDecision | undefined): Ruled {
  if (ruling === undefined) return { principal, call };
  const { tags, maxTokens } = ruling;
  const isTagged = Object.keys(tags).length > 0;
  return {
    principal: isTagged ? { ...principal, tags: { ...principal.tags, ...tags } } : principal,
    call: maxTokens === undefined || isWithin(call, maxTokens) ? call : call.limitOutput(maxTokens),
  };
}

function isWithin({ facts }: ClientCall, maxTokens: number): boolean {
  return facts.maxTokens !== undefined && facts.maxTokens <= maxTokens;
}
