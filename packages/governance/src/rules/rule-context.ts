import type { LimitUsage } from "../limits/limit-store.ts";
import type { Endpoint } from "../policy/policy.ts";

/** Who Claude Code's own loop is, and who one of its subagents. */
export type Agent = "main" | "subagent";

/**
 * What rules can know of a request. Each property is read at most once for a decision, and only when a rule asks for it,
 * so what is costly to find may be a getter.
 */
export interface RequestFacts {
  /** As the client wrote it. */
  readonly modelAsked: string;
  readonly endpoint: Endpoint;
  readonly stream: boolean;
  readonly maxTokens: number | undefined;
  /** An estimate of what the model reads. */
  readonly inputTokens: number;
  readonly toolNames: readonly string[];
  readonly thinking: boolean;
  readonly images: boolean;
  readonly agent: Agent;
  readonly sessionId: string | undefined;
  /** By lower-case name, as Node gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Where the request came from. */
  readonly address: string | undefined;
}

/** As much of a principal as rules can know; that of a directory fits. */
export interface RulePrincipal {
  readonly keyName: string;
  readonly user?: string | undefined;
  readonly team?: string | undefined;
  readonly customer?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** All that a decision by rules is made from. */
export interface RuleContext {
  readonly request: RequestFacts;
  readonly principal: RulePrincipal;
  /** In ms since 1970. */
  readonly atMs: number;
  /**
   * How the limits of all scopes of the principal stand, to be asked of the store where `needs` has `budget`; without it
   * nothing counts as used. The first word of a scope's id is its level: `team payments`.
   */
  readonly budgets?: readonly LimitUsage[] | undefined;
  /** False for a provider that is out; without it all are well. */
  healthy?(provider: string): boolean;
}
