/** How a way is broken: nothing passes and nobody is told, or what is on it breaks and what comes is refused. */
export type Cut = "silent" | "refused";

/** What is done to the world, and to which replica where it concerns one. */
export type Fault =
  | { readonly kind: "kill-replica"; readonly replica: number; readonly downMs: number }
  | { readonly kind: "freeze-replica"; readonly replica: number; readonly forMs: number }
  /** Frozen until all that it holds has been charged without it. */
  | { readonly kind: "stall-replica"; readonly replica: number; readonly forMs: number }
  | { readonly kind: "restart-replica"; readonly replica: number }
  | { readonly kind: "skew-clock"; readonly replica: number; readonly byMs: number; readonly forMs: number }
  | { readonly kind: "disorder-settles"; readonly replica: number; readonly forMs: number }
  | { readonly kind: "cut-redis"; readonly replica: number; readonly cut: Cut; readonly forMs: number }
  | { readonly kind: "cut-postgres"; readonly replica: number; readonly cut: Cut; readonly forMs: number }
  | { readonly kind: "cut-provider"; readonly replica: number; readonly cut: Cut; readonly forMs: number }
  | { readonly kind: "kill-redis"; readonly downMs: number }
  | { readonly kind: "freeze-redis"; readonly forMs: number }
  | { readonly kind: "flush-redis" }
  | { readonly kind: "rewind-redis"; readonly byMs: number }
  | { readonly kind: "kill-postgres"; readonly downMs: number }
  | { readonly kind: "freeze-postgres"; readonly forMs: number };

/** A fault and its time, from the start of the load. */
export interface PlannedFault {
  readonly atMs: number;
  readonly fault: Fault;
}

/** The names of all faults. */
export type FaultKind = Fault["kind"];
