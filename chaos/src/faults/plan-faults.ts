import type { Chance } from "../chance.ts";
import type { Cut, Fault, FaultKind, PlannedFault } from "./fault.ts";

/** What is to go wrong. */
export interface FaultPlanOptions {
  readonly chance: Chance;
  readonly durationMs: number;
  /** Between two faults on average. */
  readonly everyMs: number;
  readonly replicas: number;
  readonly kinds: readonly FaultKind[];
  /** How long something is frozen that is to miss the end of all that it holds. */
  readonly stallMs: number;
}

/** How often each is chosen beside the others: what happens in every deployment comes more often. */
const weights: Readonly<Record<FaultKind, number>> = {
  "kill-replica": 6,
  "freeze-replica": 3,
  "stall-replica": 1,
  "restart-replica": 3,
  "skew-clock": 3,
  "disorder-settles": 4,
  "cut-redis": 3,
  "cut-postgres": 3,
  "cut-provider": 3,
  "kill-redis": 2,
  "freeze-redis": 2,
  "flush-redis": 2,
  "rewind-redis": 2,
  "kill-postgres": 2,
  "freeze-postgres": 2,
};

/** All kinds of faults. */
export const faultKinds: readonly FaultKind[] = Object.keys(weights).filter(isKind);

function isKind(name: string): name is FaultKind {
  return name in weights;
}

/** Faults in the order of time, each kind at least once as far as the time suffices. */
export function planFaults({
  chance,
  durationMs,
  everyMs,
  replicas,
  kinds,
  stallMs,
}: FaultPlanOptions): PlannedFault[] {
  const planned: PlannedFault[] = [];
  const untried = [...kinds];
  for (let atMs = everyMs; atMs < durationMs; atMs += chance.between(everyMs / 2, everyMs * 1.5)) {
    const choices = (untried.length > 0 ? untried : kinds).map((kind) => [kind, weights[kind]] as const);
    const kind = chance.pick(choices);
    const index = untried.indexOf(kind);
    if (index !== -1) untried.splice(index, 1);
    planned.push({ atMs, fault: faultOf(kind, chance, { replicas, stallMs }) });
  }
  return planned;
}

function faultOf(
  kind: FaultKind,
  chance: Chance,
  { replicas, stallMs }: Pick<FaultPlanOptions, "replicas" | "stallMs">,
): Fault {
  const replica = chance.between(0, replicas - 1);
  const forMs = chance.between(500, 5_000);
  const downMs = chance.between(0, 3_000);
  switch (kind) {
    case "kill-replica":
      return { kind, replica, downMs };
    case "restart-replica":
      return { kind, replica };
    case "skew-clock":
      return { kind, replica, byMs: chance.between(-300_000, 300_000), forMs };
    case "stall-replica":
      return { kind, replica, forMs: stallMs };
    case "freeze-replica":
    case "disorder-settles":
      return { kind, replica, forMs };
    case "cut-redis":
    case "cut-postgres":
    case "cut-provider":
      return { kind, replica, cut: chance.pick(cuts), forMs };
    default:
      return faultOfStore(kind, { forMs, downMs, byMs: chance.between(1_000, 5_000) });
  }
}

const cuts: readonly (readonly [Cut, number])[] = [
  ["silent", 2],
  ["refused", 1],
];

type StoreFault = Exclude<Fault, { readonly replica: number }>;

function faultOfStore(
  kind: StoreFault["kind"],
  { forMs, downMs, byMs }: { readonly forMs: number; readonly downMs: number; readonly byMs: number },
): Fault {
  switch (kind) {
    case "kill-redis":
    case "kill-postgres":
      return { kind, downMs };
    case "freeze-redis":
    case "freeze-postgres":
      return { kind, forMs };
    case "flush-redis":
      return { kind };
    case "rewind-redis":
      return { kind, byMs };
  }
}
