import type { Decision } from "../errors.ts";
import { canonicalModel } from "../routing/model-alias.ts";
import type { RouteTarget } from "../routing/route-table.ts";
import { listed } from "../listed.ts";
import type { Policy } from "./policy.ts";

/** A model that a request asked for, and one place where it would go. */
export interface TargetChoice {
  /** As the client wrote it; its alias prefix and `[1m]` suffix do not count. */
  readonly asked: string;
  readonly target: Pick<RouteTarget, "provider" | "model" | "region">;
}

/**
 * Says whether the policy lets a request go to this target.
 * Patterns are held against the asked name and against `provider/model`; deny patterns against the bare model too,
 * so that asking for `anthropic/claude-opus-4-6` does not get around `claude-opus-*`. Deny wins. A policy that names
 * regions permits none but those, so a target of which nobody said where it computes is refused.
 */
export function allowTarget(policy: Policy, { asked, target }: TargetChoice): Decision {
  const { regions } = policy;
  if (regions.length > 0 && !regions.some((glob) => target.region !== undefined && glob.matches(target.region))) {
    return refuseRegion(canonicalModel(asked), target, regions);
  }
  const { allow, deny } = policy.models;
  if (allow.length === 0 && deny.length === 0) return allowed;
  // Without its alias prefix, or "claude-*" would let every aliased model through.
  const name = canonicalModel(asked);
  const full = `${target.provider}/${target.model}`;
  const refusing = deny.find((glob) => glob.matches(name) || glob.matches(full) || glob.matches(target.model));
  if (refusing !== undefined) return refuse(name, `the key is denied "${refusing.pattern}"`);
  if (allow.length === 0 || allow.some((glob) => glob.matches(name) || glob.matches(full))) return allowed;
  return refuse(name, `it may use ${listed(allow.map(({ pattern }) => pattern))}`);
}

const allowed: Decision = Object.freeze({ allowed: true, value: undefined });

function refuseRegion(
  name: string,
  { provider, region }: TargetChoice["target"],
  regions: Policy["regions"],
): Decision {
  const where = region === undefined ? "has no region in the configuration" : `computes in ${region}`;
  const may = `this key may only use ${listed(regions.map(({ pattern }) => pattern))}`;
  const reason = `the model "${name.slice(0, 200)}" is served by ${provider}, which ${where}, and ${may}`;
  return { allowed: false, code: "region-not-allowed", reason: `${reason}; choose another model or ask for access` };
}

function refuse(name: string, because: string): Decision {
  const reason = `this key may not use the model "${name.slice(0, 200)}": ${because}`;
  return { allowed: false, code: "model-not-allowed", reason: `${reason}; choose another model or ask for access` };
}
