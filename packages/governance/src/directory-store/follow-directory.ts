import type { DirectoryState, DirectoryStore, DirectoryWatch } from "./directory-store.ts";

/**
 * How far a state can be relied on: `current`; `cut-off` while the store cannot be asked, when keys that are known are
 * still known and one that is not may have been made since; `outdated` when that has lasted so long that a key may have
 * been revoked for all we know.
 */
export type DirectoryTrust = "current" | "cut-off" | "outdated";

/** What a follower needs. */
export interface FollowDirectoryOptions {
  readonly store: DirectoryStore;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  /** Takes each newer state. Must not throw. */
  readonly onState: (state: DirectoryState) => void;
  /** Is told when the store gets out of reach, with the reason, and with `undefined` when it is back. Must not throw. */
  readonly onReach?: (failure: Error | undefined) => void;
  /** How long a state is relied on without the store; 10 minutes unless told. */
  readonly trustedMs?: number;
}

/** Holds what is governed, kept up to date. */
export interface DirectoryFollower {
  /** The newest that is known. */
  readonly state: DirectoryState;
  /** How long ago the store last said that there is nothing newer; 0 while it can be asked. */
  readonly ageMs: number;
  readonly trust: DirectoryTrust;
  /** Gets the newest state at once: after a change of one's own. Rejects as the store does. */
  refresh(): Promise<DirectoryState>;
  close(): void;
}

const usualTrustedMs = 10 * 60_000;

/**
 * Follows a directory from its present state on. When the store cannot be reached the last state stays. Rejects as the
 * store does when there is no first state.
 */
export async function followDirectory(options: FollowDirectoryOptions): Promise<DirectoryFollower> {
  return new Follower(options, await options.store.load());
}

class Follower implements DirectoryFollower {
  readonly #options: FollowDirectoryOptions;
  readonly #watch: DirectoryWatch;
  #state: DirectoryState;
  /** The newest version that was told of. */
  #newest: number;
  #confirmedMs: number;
  #failure: Error | undefined;
  #refreshing: Promise<DirectoryState> | undefined;

  constructor(options: FollowDirectoryOptions, first: DirectoryState) {
    this.#options = options;
    this.#state = first;
    this.#newest = first.version;
    this.#confirmedMs = options.clock();
    this.#watch = options.store.watch(first.version, {
      onVersion: (version) => {
        this.#newest = version;
        void this.#catchUp();
      },
      onLook: (failure) => {
        if (failure === undefined && this.#newest !== this.#state.version) void this.#catchUp();
        else this.#reached(failure);
      },
    });
  }

  get state(): DirectoryState {
    return this.#state;
  }

  get ageMs(): number {
    return this.#failure === undefined ? 0 : this.#options.clock() - this.#confirmedMs;
  }

  get trust(): DirectoryTrust {
    if (this.#failure === undefined) return "current";
    return this.ageMs > (this.#options.trustedMs ?? usualTrustedMs) ? "outdated" : "cut-off";
  }

  async refresh(): Promise<DirectoryState> {
    // One that is under way may have begun before the change.
    await this.#refreshing?.catch(() => undefined);
    this.#refreshing ??= this.#load().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  close(): void {
    this.#watch.close();
  }

  async #load(): Promise<DirectoryState> {
    const loaded = await this.#options.store.load();
    if (loaded.version !== this.#state.version) {
      this.#state = loaded;
      this.#options.onState(loaded);
    }
    return this.#state;
  }

  async #catchUp(): Promise<void> {
    try {
      await this.refresh();
      this.#reached(undefined);
    } catch (error) {
      // The next look tries again.
      this.#reached(error instanceof Error ? error : undefined);
    }
  }

  #reached(failure: Error | undefined): void {
    if (failure === undefined && this.#newest === this.#state.version) this.#confirmedMs = this.#options.clock();
    const before = this.#failure;
    this.#failure = failure;
    if ((failure === undefined) !== (before === undefined)) this.#options.onReach?.(failure);
  }
}
