import type { DirectoryState, DirectoryStore } from "./directory-store.ts";

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
  const { store, clock, onState, onReach, trustedMs = usualTrustedMs } = options;
  let state = await store.load();
  let newest = state.version;
  let confirmedMs = clock();
  let failure: Error | undefined;
  let refreshing: Promise<DirectoryState> | undefined;

  async function loadNow(): Promise<DirectoryState> {
    const loaded = await store.load();
    if (loaded.version !== state.version) {
      state = loaded;
      newest = loaded.version;
      onState(loaded);
    }
    return state;
  }

  async function refresh(): Promise<DirectoryState> {
    // One that is under way may have begun before the change.
    await refreshing?.catch(() => undefined);
    refreshing ??= loadNow().finally(() => (refreshing = undefined));
    return refreshing;
  }

  async function catchUp(): Promise<void> {
    try {
      await refresh();
      reached(undefined);
    } catch (error) {
      // The next look tries again.
      reached(error instanceof Error ? error : undefined);
    }
  }

  function reached(why: Error | undefined): void {
    if (why === undefined && newest === state.version) confirmedMs = clock();
    if ((why === undefined) === (failure === undefined)) return;
    failure = why;
    onReach?.(why);
  }

  const watch = store.watch(state.version, {
    onVersion(version) {
      newest = version;
      void catchUp();
    },
    onLook(why) {
      if (why === undefined && newest !== state.version) void catchUp();
      else reached(why);
    },
  });

  return {
    get state() {
      return state;
    },
    get ageMs() {
      return failure === undefined ? 0 : clock() - confirmedMs;
    },
    get trust() {
      if (failure === undefined) return "current";
      return clock() - confirmedMs > trustedMs ? "outdated" : "cut-off";
    },
    refresh,
    close: () => watch.close(),
  };
}
