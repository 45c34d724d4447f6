import path from "node:path";
import {
  compileDirectory,
  type Directory,
  type DirectoryFollower,
  type DirectoryState,
  type DirectoryTrust,
  followDirectory,
  type RoutingRule,
  rulesIn,
  storedDirectories,
  type StoredDirectories,
} from "@drawbridge/governance";
import type { Logger } from "pino";
import { declaredGoverned } from "./config/declared-governed.ts";
import type { GatewayConfig } from "./config/gateway-config.ts";
import type { GovernedSource } from "./governed-snapshot.ts";
import { explainedAsync } from "./start-error.ts";
import type { Storage } from "./storage/storage.ts";

/** What is governed, kept up to date from the storage. */
export interface LiveDirectory extends GovernedSource {
  /** True when anybody or anything has limits. */
  readonly hasLimits: boolean;
  /** How long ago the storage could last be asked, in ms; 0 while it can. */
  readonly ageMs: number;
  /**
   * Puts what another configuration declares into the storage, and then calls `use`, so that it and all that is governed
   * come into force at once. Rejects, with nothing changed, when that is not possible.
   */
  apply(config: GatewayConfig, use: () => void): Promise<void>;
  /** Tells a listener from now on, and at once of what has changed since the beginning. */
  listen(listener: LiveListener): void;
  close(): void;
}

/** Who takes over what has changed. */
export interface LiveListener {
  /** Something was changed elsewhere than in the configuration. */
  readonly onChange: () => void;
  /** The storage can be asked again. */
  readonly onBack: () => void;
}

/** What a live directory needs. */
export interface LiveDirectoryOptions {
  readonly storage: Storage;
  /** What it begins with. */
  readonly config: GatewayConfig;
  readonly configPath: string | undefined;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
}

/** Applies what a configuration declares to the storage, and follows that. Throws a StartError. */
export async function openLiveDirectory(options: LiveDirectoryOptions): Promise<LiveDirectory> {
  const live = new FollowedStorage(options);
  await live.begin();
  if (live.hasLimits) await options.storage.openLimits();
  return live;
}

class FollowedStorage implements LiveDirectory {
  readonly #options: LiveDirectoryOptions;
  readonly #actor: string;
  #follower: DirectoryFollower | undefined;
  readonly #directoryOf: StoredDirectories;
  #state: DirectoryState | undefined;
  #directory: Directory;
  #rules: readonly RoutingRule[] = [];
  #listener: LiveListener | undefined;
  #isApplying = false;
  #isReminded = false;
  #hasChanged = false;

  readonly trust = (): DirectoryTrust => this.#follower?.trust ?? "outdated";

  constructor(options: LiveDirectoryOptions) {
    this.#options = options;
    const { configPath, storage } = options;
    this.#directory = compileDirectory({}, { hasher: storage.hasher });
    const onWrong = (key: string, reason: string): void => {
      options.log.warn({ key, reason }, "a key is refused, since what is kept about it makes no sense here");
    };
    this.#directoryOf = storedDirectories({ hasher: storage.hasher, onWrong });
    this.#actor = configPath === undefined ? "start without a configuration" : path.basename(configPath);
  }

  readonly onWrongRule = (rule: string, reason: string): void => {
    this.#options.log.warn({ rule, reason }, "a rule is left out");
  };

  get directory(): Directory {
    return this.#directory;
  }

  get rules(): readonly RoutingRule[] {
    return this.#rules;
  }

  get hasLimits(): boolean {
    return (this.#state?.entries.limited ?? 0) > 0;
  }

  get ageMs(): number {
    return this.#follower?.ageMs ?? 0;
  }

  async begin(): Promise<void> {
    const { config, storage } = this.#options;
    await this.#applyFile(config);
    this.#follower = await explainedAsync(() =>
      followDirectory({
        store: storage.directory,
        clock: () => performance.now(),
        onState: (state) => {
          this.#take(state);
          this.#changed(state.version);
        },
        onReach: (failure) => this.#reached(failure),
      }),
    );
    this.#take(this.#follower.state);
  }

  async apply(config: GatewayConfig, use: () => void): Promise<void> {
    this.#isApplying = true;
    try {
      await this.#applyFile(config);
      await explainedAsync(async () => this.#follower?.refresh());
      this.#hasChanged = false;
      use();
      this.#remind();
    } finally {
      this.#isApplying = false;
      this.#tell();
    }
  }

  listen(listener: LiveListener): void {
    this.#listener = listener;
    this.#tell();
  }

  close(): void {
    this.#follower?.close();
  }

  #applyFile(config: GatewayConfig): Promise<unknown> {
    return explainedAsync(() =>
      this.#options.storage.directory.applyFile(this.#actor, declaredGoverned(config, this.#options.storage.hasher)),
    );
  }

  #take(state: DirectoryState): void {
    this.#directory = this.#directoryOf(state.entries);
    if (this.#state?.entries.of("rule") !== state.entries.of("rule")) this.#rules = rulesIn(state.entries);
    this.#state = state;
  }

  #changed(version: number): void {
    this.#options.log.info({ directory: version }, "keys, limits or rules have changed");
    this.#hasChanged = true;
    this.#tell();
  }

  #tell(): void {
    if (!this.#hasChanged || this.#isApplying || this.#listener === undefined) return;
    this.#hasChanged = false;
    try {
      this.#listener.onChange();
      this.#remind();
    } catch (error) {
      this.#options.log.error({ err: error }, "what has changed cannot be taken over, the old stays in force");
    }
  }

  /** An account is kept from a start on, or not at all. */
  #remind(): void {
    if (this.#isReminded || this.#options.storage.book !== undefined || !this.hasLimits) return;
    this.#isReminded = true;
    this.#options.log.warn("limits are in force from now on; the account of what is spent begins at the next start");
  }

  #reached(failure: Error | undefined): void {
    const { log } = this.#options;
    if (failure === undefined) {
      log.info("the database is there again");
      this.#listener?.onBack();
      return;
    }
    const effect = "the database cannot be reached: keys that are known stay valid for 10 minutes, others get 503";
    log.warn({ reason: failure.message }, effect);
  }
}
