import { randomBytes, randomFillSync } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { createSnapshotHolder, type Governance, type LeaseSettings, type SnapshotHolder } from "@drawbridge/governance";
import { createDispatcher, type DispatchSettings } from "@drawbridge/providers";
import { loadPriceList, type PriceList } from "@drawbridge/providers/models";
import { createRecorder, lineSink, type LineSinkOptions, type RecordSink } from "@drawbridge/telemetry";
import { createLogger, standardOutput } from "@drawbridge/telemetry/pino";
import { RecurringContainers } from "@drawbridge/translator";
import type { Logger } from "pino";
import { buildSnapshot } from "./build-snapshot.ts";
import { parseArguments } from "./cli/parse-arguments.ts";
import { welcome } from "./cli/welcome.ts";
import { watchConfig, type ConfigWatch } from "./config/watch-config.ts";
import { readEnv } from "./env.ts";
import { createBetaReader } from "./exchange/beta-reader.ts";
import { createLessons } from "./exchange/lessons.ts";
import { readingOn } from "./exchange/reading-on.ts";
import { createTokenRates } from "./exchange/token-rates.ts";
import { createProviderCounts } from "./exchange/provider-counts.ts";
import { governedSnapshot } from "./governed-snapshot.ts";
import { keepRates } from "./keep-rates.ts";
import { type LiveDirectory, openLiveDirectory } from "./live-directory.ts";
import { loadSetup, type Setup } from "./load-setup.ts";
import { createReloader, type Reloader } from "./reloader.ts";
import { createRuleCheck, type RuleCheck } from "./rule-check.ts";
import type { Services, Snapshot } from "./services.ts";
import { startGovernance } from "./start-governance.ts";
import { settleKeys } from "./settle-keys.ts";
import { createIdMinter } from "./serving/id-minter.ts";
import { watchLoopDelay } from "./serving/loop-delay.ts";
import { createKeepAlive } from "./serving/keep-alive.ts";
import { createListener } from "./serving/create-listener.ts";
import { createLifecycle } from "./serving/lifecycle.ts";
import { limitConnections } from "./serving/limit-connections.ts";
import { type Address, listen } from "./serving/listen.ts";
import { refreshModelLists } from "./serving/refresh-model-lists.ts";
import { chooseAddress, chooseConfigPath, urlOf } from "./start-choices.ts";
import { explained } from "./start-error.ts";
import { openStorage } from "./storage/open-storage.ts";
import type { Storage } from "./storage/storage.ts";
import { providerParts } from "./provider-parts.ts";

/** Where a gateway is started from. */
export interface StartOptions {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Takes the welcome. */
  readonly stdout: { write(text: string): unknown };
  /** Takes the log's lines. Default: standard output, gathered. */
  readonly logTo?: { write(line: string): void };
  /** Puts something between governance and its stores, to see what comes of it when they err. */
  readonly storesThrough?: (stores: MoneyStores) => MoneyStores;
  /** How long what is held outlives a gateway that is gone, to see the end of it sooner. All that share stores agree. */
  readonly leases?: LeaseSettings;
}

/** The stores that money is counted in. */
export type MoneyStores = Pick<Storage, "limits" | "book">;

/** A gateway that listens. */
export interface RunningGateway {
  /** For example `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Reads the configuration again. Resolves to false when it was refused and the old one kept. */
  reload(): Promise<boolean>;
  /**
   * Refuses new exchanges, lets those in flight finish for a while, then stops. With `announced` it first goes on as
   * before while `/readyz` says that it will be gone, until load balancers know.
   */
  close(how?: { readonly announced?: boolean }): Promise<void>;
}

/** Starts a gateway. Throws a StartError that says what to do when it cannot be started as asked. */
export async function startGateway(options: StartOptions): Promise<RunningGateway> {
  const args = explained(() => parseArguments(options.argv));
  const env = explained(() => readEnv(options.env, options.cwd));
  const configPath = chooseConfigPath(args, env, options.cwd);
  const parts = providerParts();
  const load = (): Promise<Setup> => loadSetup({ configPath, variables: env.variables, parts });

  const [setup, prices] = await Promise.all([load(), loadPriceList()]);
  const address = chooseAddress(args, env, setup.config.server);
  const destination = options.logTo ?? standardOutput();
  const log = createLogger({ level: setup.config.log.level, destination });
  const { storage: settings } = setup.config;
  const rules = createRuleCheck();
  const storage = await openStorage({
    settings,
    check: rules.check,
    folder: env.stateDirectory,
    clock: Date.now,
    random: randomBytes,
    leases: options.leases,
    log,
  });
  try {
    const key = await settleKeys({ storage, random: randomBytes, config: setup.config, newKey: args.newKey });
    const live = await openLiveDirectory({ storage, config: setup.config, configPath, log });
    const money = options.storesThrough?.(storage) ?? storage;
    const { leases } = options;
    const found = { setup, prices, load, parts, log, destination, address, configPath };
    const running = await serve({ ...found, storage, live, money, leases, rules });
    options.stdout.write(welcome({ url: running.url, configPath, providers: setup.providers, key }));
    for (const warning of setup.warnings) log.warn(warning);
    return running;
  } catch (error) {
    await storage.close();
    throw error;
  }
}

/** All that has been settled before a gateway listens. */
interface Start {
  readonly setup: Setup;
  readonly prices: PriceList;
  readonly load: () => Promise<Setup>;
  readonly parts: ReturnType<typeof providerParts>;
  readonly log: Logger;
  readonly destination: LineSinkOptions["destination"];
  readonly address: Address;
  readonly configPath: string | undefined;
  readonly storage: Storage;
  readonly money: MoneyStores;
  readonly leases: LeaseSettings | undefined;
  readonly live: LiveDirectory;
  readonly rules: RuleCheck;
}

async function serve(start: Start): Promise<RunningGateway> {
  const { setup, prices, load, parts, log, destination, address, configPath, storage, live, money, leases } = start;
  const { server: settings, routing } = setup.config;
  const onSearchFailure = (reason: string): void => log.warn(reason);
  const snapshotOf = ({ config, builtIn }: Setup): Snapshot =>
    explained(() => buildSnapshot({ live, config, prices, builtIn, onSearchFailure }, parts));
  const holder = createSnapshotHolder(snapshotOf(setup));
  start.rules.holdTo(() => holder.current);
  const sink = exchangeLines(destination, log);
  const { governance, ...governing } = startGovernance({ holder, log, stores: money, leases });
  const pingMs = settings.pingMs;
  const services = createServices({ ...start, holder, sink, pingMs, routing: routing.settings, governance });
  const keptRates = await keepRates({
    rates: services.tokenRates,
    memory: storage.rates,
    onTrouble: (error) => log.warn({ err: error }, "what is learned of models is not kept; estimates begin anew"),
  });
  const { server, port } = await listen(createListener(services), address);
  const { connectionsPerAddress: perAddress } = settings;
  if (perAddress !== undefined) {
    limitConnections(server, { perAddress, onRefused: (from) => log.warn({ from }, "too many connections: refused") });
  }
  void refreshModelLists(holder.current.providers.values());

  const apply: LiveDirectory["apply"] = (config, use) => live.apply(config, use);
  const reloader = createReloader({ load, snapshotOf, apply, holder, log, setup, dispatcher: services.dispatcher });
  live.listen({
    onChange: () => void holder.swap(governedSnapshot(holder.current, live)),
    onBack: () => reloader.retry(),
  });
  const watch = await watchFor(configPath, reloader);
  return {
    url: urlOf(address.host, port),
    reload: () => reloader.reload(),
    async close({ announced = false } = {}) {
      watch?.close();
      const { noticeMs, drainMs } = reloader.setup.config.server;
      if (announced) await services.lifecycle.leave(noticeMs);
      const drained = await services.lifecycle.drain(drainMs);
      if (!drained) log.warn("stopped before all answers were complete");
      services.keepAlive.close();
      services.loopDelay.close();
      server.close();
      server.closeAllConnections();
      await governing.close();
      await keptRates.close();
      live.close();
      await Promise.all([services.recorder.flush(), parts.transport.close()]);
      await storage.close();
      await new Promise((resolve) => log.flush(resolve));
    },
  };
}

interface ServiceParts extends Pick<Start, "live" | "log" | "storage"> {
  readonly holder: SnapshotHolder<Snapshot>;
  readonly sink: RecordSink;
  readonly pingMs: number;
  readonly routing: Partial<DispatchSettings>;
  readonly governance: Governance;
}

function createServices({ holder, live, log, storage, sink, pingMs, routing, governance }: ServiceParts): Services {
  const clock = (): number => performance.now();
  return {
    snapshot: () => holder.current,
    storageReach: () => ({ trust: live.trust(), ageMs: live.ageMs }),
    governance,
    recorder: createRecorder({ sinks: [sink], onSinkError: (error) => log.error(error) }),
    dispatcher: createDispatcher({
      settings: routing,
      bus: storage.cooldowns,
      clock: Date.now,
      random: Math.random,
      sleep: (ms, signal) => pause(ms, undefined, { signal }),
    }),
    lessons: createLessons(),
    readBetas: createBetaReader(),
    recurring: new RecurringContainers((one, other) => Buffer.compare(one, other) === 0),
    readingOn: readingOn(),
    tokenRates: createTokenRates(),
    providerCounts: createProviderCounts(clock),
    loopDelay: watchLoopDelay(),
    keepAlive: createKeepAlive({ silenceMs: pingMs, clock }),
    lifecycle: createLifecycle(),
    clock,
    now: Date.now,
    newId: createIdMinter(randomFillSync),
    reportDefect: (error, requestId) => log.error({ err: error, request_id: requestId }, "defect"),
  };
}

function exchangeLines(destination: LineSinkOptions["destination"], log: Logger): RecordSink {
  const level = log.isLevelEnabled("info") ? "info" : log.isLevelEnabled("warn") ? "warn" : "none";
  return lineSink({ destination, level, now: Date.now });
}

async function watchFor(configPath: string | undefined, reloader: Reloader): Promise<ConfigWatch | undefined> {
  if (configPath === undefined) return undefined;
  return watchConfig(configPath, { onChange: () => void reloader.reload(), files: () => reloader.files });
}
