import type { LimitRule } from "./limit-scope.ts";
import type { LimitRefusal, LimitUsage } from "./limit-store.ts";
import type { Meter, Slot } from "./meters.ts";

/** What has been used and is held of a limit, and in which slots; wherever that is kept. */
export interface Standing extends Pick<Meter, "settled" | "held"> {
  readonly slots: readonly Pick<Slot, "endMs" | "settled" | "held">[];
}

/** How a rule stands by its meter. `need` is what would have to fit for it to give room again. */
export function standing(
  { scope, limit }: Pick<LimitRule, "scope" | "limit">,
  meter: Standing | undefined,
  need: number,
): LimitUsage {
  const { settled: used, held, slots } = meter ?? { settled: 0, held: 0, slots: [] };
  const base = { scope, limit, used, held };
  if (need > limit.amount) return { ...base, resetsAtMs: undefined };
  let missing = used + held + need - limit.amount;
  for (const slot of slots) {
    missing -= slot.settled + slot.held;
    if (missing <= 0) return { ...base, resetsAtMs: Number.isFinite(slot.endMs) ? slot.endMs : undefined };
  }
  return { ...base, resetsAtMs: undefined };
}

/** Of several limits without room, the one that keeps the request out longest. */
export function hardest(refusals: readonly LimitRefusal[]): LimitRefusal | undefined {
  return refusals.toSorted((first, second) => patience(second) - patience(first))[0];
}

/** Slots of parallel requests may be free at any moment; everything else without an end has none. */
function patience({ limit, resetsAtMs, need }: LimitRefusal): number {
  if (limit.window.kind === "parallel" && need <= limit.amount) return 0;
  return resetsAtMs ?? Number.POSITIVE_INFINITY;
}
