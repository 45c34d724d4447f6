/** As much of a credential as choosing one needs. */
export interface DispatchCredential {
  /** Unique at its provider. */
  readonly name: string;
  /** Its share of the sessions; greater than 0. */
  readonly weight: number;
  /** True for the models that may be asked for with it. */
  serves(model: string): boolean;
}

/** One model at one provider, with all credentials that may ask for it. */
export interface DispatchTarget<C extends DispatchCredential> {
  readonly provider: { readonly name: string; readonly credentials: readonly C[] };
  /** The provider's own name of the model. */
  readonly model: string;
  /** Its share among the equals of its link; greater than 0. */
  readonly weight: number;
  /** What it costs beside its equals, in any unit that they share; without one it counts as the dearest. */
  readonly price?: number | undefined;
  /** False for a credential that this request may not use, such as one of another region; without it all are permitted. */
  permits?(credential: C): boolean;
}

/** By what one of several equals is chosen: by weight, by how soon it answers, or by what it costs. */
export type DispatchOrder = "weight" | "latency" | "price";

/** Equals, of which one is asked; the next link is asked when they have nothing left to give. */
export interface DispatchLink<T> {
  readonly targets: readonly T[];
  readonly order: DispatchOrder;
}

/** Where one request may go, best first. */
export interface DispatchPlan<T> {
  readonly links: readonly DispatchLink<T>[];
  /** Requests with the same one go to the same place while it is well: a session's name. */
  readonly stickyKey?: string | undefined;
}
