import type { DenialCode } from "../errors.ts";
import type { RouteOrder } from "../routing/route-table.ts";
import type { RuleTrace } from "../rules/rule-trace.ts";

/** What would become of a request, and why. Plain data. */
export interface Explanation {
  readonly atMs: number;
  readonly principal: {
    readonly key: string;
    readonly user?: string | undefined;
    readonly team?: string | undefined;
    readonly customer?: string | undefined;
    /** With those that rules add. */
    readonly tags: Readonly<Record<string, string>>;
  };
  readonly request: {
    readonly model: string;
    readonly endpoint: string;
    readonly agent: string;
    readonly inputTokens: number;
    /** With what rules leave of it. */
    readonly maxTokens: number | undefined;
    readonly tools: number;
  };
  /** Every rule in order. */
  readonly rules: readonly RuleTrace[];
  /** Tools that are taken out of the request. */
  readonly removedTools: readonly string[];
  /** Undefined when a rule refuses, or nothing of that name is known. */
  readonly chain: ExplainedChain | undefined;
  readonly limits: readonly ExplainedLimit[];
  /** What stands in the way, in the order in which it is asked; the client is told the first. */
  readonly refusals: readonly ExplainedRefusal[];
}

/** Where a request would go. */
export interface ExplainedChain {
  /** `rule thrift`, or `the model's name`. */
  readonly by: string;
  readonly links: readonly { readonly order: RouteOrder; readonly targets: readonly ExplainedTarget[] }[];
}

/** One place of a chain. */
export interface ExplainedTarget {
  readonly target: string;
  readonly provider: string;
  readonly weight: number;
  readonly region: string | undefined;
  /** Why it is left out. */
  readonly refused?: string | undefined;
  /** Which limit on its provider has no room, so that the next place would be asked. */
  readonly noRoom?: string | undefined;
  /** The longest answer that it may give, in tokens, where limits at its provider shorten it. */
  readonly maxTokens?: number | undefined;
}

/** How a limit stands. */
export interface ExplainedLimit {
  readonly scope: string;
  /** Like `500.00 USD a month (Europe/Berlin)`. */
  readonly limit: string;
  readonly amount: number;
  readonly used: number;
  readonly held: number;
  /** What the request would hold of it at first, where that is known; `needed` is the same for people. */
  readonly need?: number | undefined;
  readonly needed?: string | undefined;
  readonly resetsAtMs: number | undefined;
  /** Why the request would not get in. */
  readonly refused?: string | undefined;
}

/** Something that stands in a request's way. */
export interface ExplainedRefusal {
  readonly by: "filter" | "rule" | "route" | "limit";
  /** `no-price` is for what nobody has priced, where money is limited; whoever knows the prices adds it. */
  readonly code: DenialCode | "no-price";
  readonly reason: string;
}
