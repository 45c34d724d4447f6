import type { RouteLinkRule } from "../routing/route-table.ts";

/**
 * What happens to requests for which a condition holds. Rules are tried in order: the first with `route` or `refuse`
 * that holds decides and ends; `tag` and `maxTokens` of those before it, and its own, add up.
 */
export interface RoutingRule {
  /** For messages and explanations; unique. */
  readonly name: string;
  /** The condition, in CEL; a rule without one always holds. */
  readonly when?: string | undefined;
  /** The chain of targets that takes the place of the one that the model's name leads to. */
  readonly route?: readonly RouteLinkRule[] | undefined;
  /** Refuses the request with this sentence. */
  readonly refuse?: string | undefined;
  /** Tags that the request has from here on, in the account and for the rules that follow. */
  readonly tag?: Readonly<Record<string, string>> | undefined;
  /** The most that `max_tokens` may be. */
  readonly maxTokens?: number | undefined;
}
