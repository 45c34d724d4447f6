import { isDeepStrictEqual } from "node:util";
import type { SnapshotHolder } from "@drawbridge/governance";
import { type Dispatcher, Secret } from "@drawbridge/providers";
import type { Logger } from "pino";
import type { GatewayConfig } from "./config/gateway-config.ts";
import type { Setup } from "./load-setup.ts";
import type { Snapshot } from "./services.ts";
import { refreshModelLists } from "./serving/refresh-model-lists.ts";
import { isStartError } from "./start-error.ts";

/** Puts a changed configuration into force while the gateway runs. */
export interface Reloader {
  /** What is in force. */
  readonly setup: Setup;
  /** Files that the configuration refers to, the refused one as well. */
  readonly files: readonly string[];
  /** Reads the configuration again if it was refused last, since what spoke against it may be over. */
  retry(): void;
  /** Reads the configuration again; one that is wrong is logged and refused, and the old one stays in force whole. */
  reload(): Promise<boolean>;
}

export interface ReloaderOptions {
  readonly load: () => Promise<Setup>;
  readonly snapshotOf: (setup: Setup) => Snapshot;
  /** Puts what a configuration declares into the storage, then calls `use`. Rejects with nothing changed. */
  readonly apply: (config: GatewayConfig, use: () => void) => Promise<void>;
  readonly holder: SnapshotHolder<Snapshot>;
  readonly log: Logger;
  /** Told to forget how providers fared whose settings have changed. */
  readonly dispatcher: Pick<Dispatcher, "forget">;
  /** What the gateway was started with. */
  readonly setup: Setup;
}

/** A reloader over a holder. Reloads run one after the other, so that an older file never wins over a newer one. */
export function createReloader(options: ReloaderOptions): Reloader {
  const { load, snapshotOf, apply, holder, log, dispatcher } = options;
  let current = options.setup;
  let files = options.setup.files;
  let last: Promise<boolean> = Promise.resolve(true);
  let refused = false;

  async function reloadNow(): Promise<boolean> {
    try {
      const next = await load();
      // What is wrong with it is found before anything is put into the storage.
      snapshotOf(next);
      await apply(next.config, () => holder.swap(snapshotOf(next)));
      const { version, providers } = holder.current;
      refused = false;
      for (const warning of next.warnings) log.warn(warning);
      if (startOnly(next) !== startOnly(current)) {
        log.warn(
          "server.host, port and ping, routing, storage and log take effect at the next start; everything else is in force",
        );
      }
      for (const name of changedProviders(current, next)) dispatcher.forget(name);
      current = next;
      files = next.files;
      log.info({ version }, "configuration reloaded");
      void refreshModelLists(providers.values());
      return true;
    } catch (error) {
      refused = true;
      const known = isStartError(error);
      if (known) files = [...current.files, ...error.files];
      const why = known ? { problems: error.message.split("\n") } : { err: error };
      log.error(why, "configuration refused, the old one stays");
      return false;
    }
  }

  return {
    get setup() {
      return current;
    },
    get files() {
      return files;
    },
    retry() {
      if (refused) void this.reload();
    },
    reload() {
      last = last.then(reloadNow);
      return last;
    },
  };
}

function startOnly({ config: { server, routing, storage, log } }: Setup): string {
  return JSON.stringify([server.host, server.port, server.pingMs, routing.settings, plain(storage), log.level]);
}

/** A provider with other settings may be another server, and a new key is not the one that was refused. */
function changedProviders(before: Setup, after: Setup): string[] {
  const now = after.config.providers;
  return Object.entries(before.config.providers)
    .filter(([name, settings]) => !isDeepStrictEqual(plain(settings), plain(now[name])))
    .map(([name]) => name);
}

/** Settings with their secrets, which do not show otherwise. */
function plain(settings: unknown): unknown {
  if (settings instanceof Secret) return settings.reveal();
  if (Array.isArray(settings)) return settings.map(plain);
  if (typeof settings !== "object" || settings === null) return settings;
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, plain(value)]));
}
