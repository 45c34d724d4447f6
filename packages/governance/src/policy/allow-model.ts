import type { Decision } from "../errors.ts";
import { canonicalModel } from "../routing/model-alias.ts";
import type { ModelTarget } from "../routing/route-table.ts";
import { listed } from "../listed.ts";
import type { Policy } from "./policy.ts";

/** A model that a request asked for, and where it would go. */
export interface ModelChoice {
  /** As the client wrote it; its alias prefix and `[1m]` suffix do not count. */
  readonly asked: string;
  readonly target: ModelTarget;
}

/**
 * Says whether the policy lets a request use this model.
 * Patterns are held against the asked name and against `provider/model`; deny patterns against the bare model too,
 * so that asking for `anthropic/claude-opus-4-6` does not get around `claude-opus-*`. Deny wins.
 */
export function allowModel(policy: Policy, { asked, target }: ModelChoice): Decision {
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

function refuse(name: string, because: string): Decision {
  const reason = `this key may not use the model "${name.slice(0, 200)}": ${because}`;
  return { allowed: false, code: "model-not-allowed", reason: `${reason}; choose another model or ask for access` };
}
