import { randomFillSync } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { createSnapshotHolder, type Governance, type SnapshotHolder } from "@drawbridge/governance";
import { createDispatcher, type DispatchSettings } from "@drawbridge/providers";
import { loadPriceList } from "@drawbridge/providers/models";
import { createRecorder, lineSink, type LineSinkOptions, type RecordSink } from "@drawbridge/telemetry";
import { createLogger, standardOutput } from "@drawbridge/telemetry/pino";
import type { Logger } from "pino";
import { buildSnapshot } from "./build-snapshot.ts";
import { parseArguments } from "./cli/parse-arguments.ts";
import { welcome } from "./cli/welcome.ts";
import { watchConfig, type ConfigWatch } from "./config/watch-config.ts";
import { readEnv } from "./env.ts";
import { createLessons } from "./exchange/lessons.ts";
import { createProviderCounts } from "./exchange/provider-counts.ts";
import { loadSetup, type Setup } from "./load-setup.ts";
import { createReloader, type Reloader } from "./reloader.ts";
import type { Services, Snapshot } from "./services.ts";
import { startGovernance } from "./start-governance.ts";
import { settleKeys } from "./settle-keys.ts";
import { createIdMinter } from "./serving/id-minter.ts";
import { createKeepAlive } from "./serving/keep-alive.ts";
import { createListener } from "./serving/create-listener.ts";
import { createLifecycle } from "./serving/lifecycle.ts";
import { limitConnections } from "./serving/limit-connections.ts";
import { listen } from "./serving/listen.ts";
import { refreshModelLists } from "./serving/refresh-model-lists.ts";
import { chooseAddress, chooseConfigPath, urlOf } from "./start-choices.ts";
import { explained } from "./start-error.ts";
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
}

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
  const { server: settings, directory, log: logging } = setup.config;
  const address = chooseAddress(args, env, settings);
  const configured = directory.keys.map(({ name }) => name);
  const { state, key } = await settleKeys({ stateDirectory: env.stateDirectory, configured, newKey: args.newKey });

  const destination = options.logTo ?? standardOutput();
  const log = createLogger({ level: logging.level, destination });
  const onSearchFailure = (reason: string): void => log.warn(reason);
  const snapshotOf = ({ config, builtIn }: Setup): Snapshot =>
    explained(() => buildSnapshot({ config, prices, builtIn, state, onSearchFailure }, parts));
  const holder = createSnapshotHolder(snapshotOf(setup));
  const { settings: routing } = setup.config.routing;
  const sink = exchangeLines(destination, log);
  const governing = startGovernance({ holder, log, stateDirectory: env.stateDirectory });
  const { governance } = governing;
  const services = createServices({ holder, log, sink, pingMs: settings.pingMs, routing, governance });
  const { server, port } = await listen(createListener(services), address);
  const { connectionsPerAddress: perAddress } = settings;
  if (perAddress !== undefined) {
    limitConnections(server, { perAddress, onRefused: (from) => log.warn({ from }, "too many connections: refused") });
  }
  const url = urlOf(address.host, port);
  void refreshModelLists(holder.current.providers.values());

  const reloader = createReloader({ load, snapshotOf, holder, log, setup, dispatcher: services.dispatcher });
  const watch = await watchFor(configPath, reloader);
  options.stdout.write(welcome({ url, configPath, providers: setup.providers, key }));
  for (const warning of setup.warnings) log.warn(warning);
  return {
    url,
    reload: () => reloader.reload(),
    async close({ announced = false } = {}) {
      watch?.close();
      const { noticeMs, drainMs } = reloader.setup.config.server;
      if (announced) await services.lifecycle.leave(noticeMs);
      const drained = await services.lifecycle.drain(drainMs);
      if (!drained) log.warn("stopped before all answers were complete");
      services.keepAlive.close();
      server.close();
      server.closeAllConnections();
      await governing.close();
      await Promise.all([services.recorder.flush(), parts.transport.close()]);
      await new Promise((resolve) => log.flush(resolve));
    },
  };
}

interface ServiceParts {
  readonly holder: SnapshotHolder<Snapshot>;
  readonly log: Logger;
  readonly sink: RecordSink;
  readonly pingMs: number;
  readonly routing: Partial<DispatchSettings>;
  readonly governance: Governance;
}

function createServices({ holder, log, sink, pingMs, routing, governance }: ServiceParts): Services {
  const clock = (): number => performance.now();
  return {
    snapshot: () => holder.current,
    governance,
    recorder: createRecorder({ sinks: [sink], onSinkError: (error) => log.error(error) }),
    dispatcher: createDispatcher({
      settings: routing,
      clock: Date.now,
      random: Math.random,
      sleep: (ms, signal) => pause(ms, undefined, { signal }),
    }),
    lessons: createLessons(),
    providerCounts: createProviderCounts(clock),
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
