/** The models of one provider as last heard of. */
export interface ModelList {
  /** Never waits; empty until the first successful refresh. */
  current(): readonly string[];
  /**
   * Asks the provider unless it was asked within the time to live; callers at the same time share one request.
   * Rejects with the ProviderError of that request; the list heard before stays.
   */
  refresh(): Promise<void>;
}

/** What a model list is made of. */
export interface ModelListOptions {
  /** Asks the provider. */
  readonly list: () => Promise<readonly string[]>;
  /** Milliseconds. */
  readonly clock: () => number;
  /** How long an answer, or a failure to get one, holds. */
  readonly ttlMs: number;
}

/** Makes a {@link ModelList} that remembers what it heard. */
export function createModelList({ list, clock, ttlMs }: ModelListOptions): ModelList {
  let models: readonly string[] = [];
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  async function ask(): Promise<void> {
    try {
      models = await list();
    } finally {
      askedAt = clock();
      asking = undefined;
    }
  }

  return {
    current: () => models,
    refresh() {
      if (asking !== undefined) return asking;
      if (clock() - askedAt < ttlMs) return Promise.resolve();
      asking = ask();
      return asking;
    },
  };
}
