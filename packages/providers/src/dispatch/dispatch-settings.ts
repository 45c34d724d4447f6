/** When a slow request is sent to a second place as well. */
export interface HedgeSettings {
  /** How long the first place is given: a number of milliseconds, or the share of its recent answers that came sooner. */
  readonly after: { readonly ms: number } | { readonly quantile: number };
  /** Hedges for each request, at most; 0.05 when left out. */
  readonly share?: number;
}

/** The numbers by which requests are dispatched. */
export interface DispatchSettings {
  /** Calls for one request, hedges left out. */
  readonly attempts: number;
  /** Whether a request that was sent whole and got no status back is sent to another place: the first may still bill it. */
  readonly retryUncertain: boolean;
  /** How long a stream may take to its first content while another place could be asked instead. */
  readonly firstContentMs: number;
  /** The longest a request waits for the only place it has; what asks for more is told to the client. */
  readonly longestWaitMs: number;
  /** The first backoff is between 0 and this; it doubles with each repeat, up to the longest. */
  readonly backoffMs: number;
  readonly longestBackoffMs: number;
  /** Repeats that a model at a provider is sent for each request, beside `retriesPerSecond`. */
  readonly retryShare: number;
  readonly retriesPerSecond: number;
  /** Failures in a row that take a place out. */
  readonly breakAfter: number;
  /** Share of the calls of the last 10 s that must have failed to take a place out, once there are `breakSamples`. */
  readonly breakShare: number;
  readonly breakSamples: number;
  /** How long a place stays out before one call probes it; doubled each time up to the longest. */
  readonly openMs: number;
  readonly longestOpenMs: number;
  /** How long a credential cools that the provider refused. */
  readonly refusedMs: number;
  /** How long a credential cools whose money or quota is gone. */
  readonly exhaustedMs: number;
  /** How long a place cools that asked for fewer requests without saying for how long. */
  readonly limitedMs: number;
  /** Places that are remembered; beyond it the longest unused are forgotten. */
  readonly places: number;
  readonly hedge?: HedgeSettings | undefined;
}

/** The numbers that hold where nothing else is said. */
export const defaultDispatchSettings: DispatchSettings = {
  attempts: 3,
  retryUncertain: true,
  firstContentMs: 120_000,
  longestWaitMs: 5_000,
  backoffMs: 50,
  longestBackoffMs: 2_000,
  retryShare: 0.2,
  retriesPerSecond: 2,
  breakAfter: 5,
  breakShare: 0.5,
  breakSamples: 20,
  openMs: 1_000,
  longestOpenMs: 4_000,
  refusedMs: 60_000,
  exhaustedMs: 300_000,
  limitedMs: 2_000,
  places: 10_000,
};
