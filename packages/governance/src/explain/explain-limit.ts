import { describeAmount, describeLimit } from "../limits/explain-refusal.ts";
import { demandOf, quantityIn } from "../limits/demand.ts";
import type { Amounts } from "../limits/limit.ts";
import { denyByLimit, type LimitDenial } from "../limits/limit-denial.ts";
import type { LimitUsage } from "../limits/limit-store.ts";
import type { ExplainedLimit } from "./explanation.ts";

/** How a limit stands to a request, and why it keeps it out. */
export interface LimitVerdict {
  readonly told: ExplainedLimit;
  readonly denial: LimitDenial | undefined;
}

/** What a request needs at first, and when it asks; `need` is missing where it is not known. */
export interface LimitQuestion {
  readonly need: Amounts | undefined;
  readonly atMs: number;
}

/** Holds a request against a limit. What costs nothing passes one that is used up. */
export function explainLimit(usage: LimitUsage, { need: amounts, atMs }: LimitQuestion): LimitVerdict {
  const { scope, limit, used, held, resetsAtMs } = usage;
  const need = amounts && quantityIn(demandOf(amounts, 1), limit.of);
  const fits = need === undefined || need === 0 || used + held + need <= limit.amount;
  const denial = fits ? undefined : denyByLimit({ ...usage, need }, atMs);
  const told = { scope, limit: describeLimit(limit), amount: limit.amount, used, held, need, resetsAtMs };
  const needed = need === undefined ? undefined : describeAmount(limit.of, need);
  return { told: { ...told, needed, refused: denial?.reason }, denial };
}
