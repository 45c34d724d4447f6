import type { Decision } from "../errors.ts";
import { canonicalModel } from "../routing/model-alias.ts";
import type { RouteTarget } from "../routing/route-table.ts";
import { forbiddenBy, patternsOf } from "./forbidden-by.ts";
import type { Policy } from "./policy.ts";

/** A model that a request asked for, and one place where it would go. */
export interface TargetChoice {
  /** What the client asked for. Without its alias prefix, or "claude-*" would let every aliased model through. */
  readonly name: string;
  readonly target: Pick<RouteTarget, "provider" | "model" | "region">;
  /** `provider/model`. */
  readonly full: string;
}

/** The choice of a target for a model as the client wrote it; made once for all policies. */
export function targetChoice(asked: string, target: TargetChoice["target"]): TargetChoice {
  return { name: canonicalModel(asked), target, full: `${target.provider}/${target.model}` };
}

/**
 * Says whether the policy lets a request go to this target.
 * Patterns of models are held against the asked name and against `provider/model`; deny patterns against the bare model
 * too, so that asking for `anthropic/claude-opus-4-6` does not get around `claude-opus-*`. Deny wins. A policy that names
 * regions permits none but those, so a target of which nobody said where it computes is refused.
 */
export function allowTarget(policy: Policy, choice: TargetChoice): Decision {
  if (policy.permitsAll) return allowed;
  const { regions, providers, models } = policy;
  const { name, target, full } = choice;
  if (regions.length > 0 && !regions.some((glob) => target.region !== undefined && glob.matches(target.region))) {
    return refuseRegion(policy, choice);
  }
  const wrongProvider = forbiddenBy(providers, [target.provider]);
  if (wrongProvider !== undefined) return refuseProvider(policy, choice, wrongProvider);
  if (models.allow.length === 0 && models.deny.length === 0) return allowed;
  const wrongModel = forbiddenBy(models, [name, full], [target.model]);
  if (wrongModel === undefined) return allowed;
  const reason = `${policy.of} may not use the model "${cut(name)}": ${wrongModel}; ${remedy}`;
  return { allowed: false, code: "model-not-allowed", reason };
}

const allowed: Decision = Object.freeze({ allowed: true, value: undefined });
const remedy = "choose another model or ask for access";

function refuseRegion({ of, regions }: Policy, { name, target: { provider, region } }: TargetChoice): Decision {
  const where = region === undefined ? "has no region in the configuration" : `computes in ${region}`;
  const served = `the model "${cut(name)}" is served by ${provider}, which ${where}`;
  const reason = `${served}, and ${of} may only use ${patternsOf(regions)}; ${remedy}`;
  return { allowed: false, code: "region-not-allowed", reason };
}

function refuseProvider({ of }: Policy, { name, target: { provider } }: TargetChoice, because: string): Decision {
  const served = `the model "${cut(name)}" is served by ${provider}`;
  const reason = `${served}, and ${of} may not use that provider: ${because}; ${remedy}`;
  return { allowed: false, code: "provider-not-allowed", reason };
}

function cut(name: string): string {
  return name.slice(0, 200);
}
