import type { UpstreamFailure } from "@drawbridge/translator";
import { buildConnector, type Client, type Dispatcher, Pool } from "undici";
import { ProviderError } from "../errors.ts";
import type { Call, Reply, Transport } from "../transport.ts";
import { Connection } from "./connection.ts";
import { copiedReads } from "./copied-reads.ts";
import { DueWatches } from "./due-watches.ts";
import { Exchange } from "./exchange.ts";
import { guardedLookup } from "./guarded-lookup.ts";
import { OnceBody } from "./once-body.ts";
import { timedConnector } from "./timed-connector.ts";

/** Settings of the undici transport; the defaults suit a gateway. */
export interface UndiciTransportOptions {
  /** Greatest number of connections to one origin; each open stream takes one. Unlimited by default. */
  readonly connections?: number;
  /** How long an unused connection stays open, unless the server's `keep-alive` header says less. */
  readonly keepAliveMs?: number;
  /**
   * A reused connection that breaks within this time after the request was written counts as stale: one silent retry, but of a
   * request that is billed, which may have arrived. A server
   * that has closed it says so within a round trip; one that breaks off later may have done the work, and may bill it.
   */
  readonly staleWithinMs?: number;
  /** Milliseconds on a clock that only goes forward. */
  readonly now?: () => number;
}

/** Where the calls to one URL go; worked out once for each URL. */
interface Route {
  readonly origin: string;
  readonly path: string;
  readonly connectMs: number;
  readonly pool: Pool;
}

/** URLs are few (providers × paths); the bound only stops a caller that puts varying data into them. */
const maxRoutes = 1_000;

/**
 * Carries calls with undici over HTTP/1.1: one keep-alive pool an origin, one connection an open stream, so that
 * cancelling a call closes its socket. Follows no redirects. A request that meets a connection which its server has
 * just closed is sent once more on a new connection, without a word; one that is billed only as long as it cannot have arrived.
 */
export function undiciTransport(options: UndiciTransportOptions = {}): Transport {
  const { connections, keepAliveMs = 30_000, staleWithinMs = 500, now = () => performance.now() } = options;
  const routes = new Map<string, Route>();
  const pools = new Map<string, Pool>();
  const lone = new Set<Promise<void>>();
  const watches = new DueWatches(now);

  function poolFor(origin: string, connectMs: number): Pool {
    const key = `${connectMs} ${origin}`;
    const known = pools.get(key);
    if (known !== undefined) return known;
    const pool = new Pool(origin, {
      connections: connections ?? null,
      ...connectionOptions(connectMs, keepAliveMs),
      factory: (at, clientOptions) => new Connection(at, clientOptions),
    });
    pools.set(key, pool);
    return pool;
  }

  function routeFor({ url, deadlines }: Call): Route | undefined {
    const known = routes.get(url);
    if (known?.connectMs === deadlines.connectMs) return known;
    if (!URL.canParse(url)) return undefined;
    const { origin, pathname, search } = new URL(url);
    const { connectMs } = deadlines;
    const route = { origin, path: `${pathname}${search}`, connectMs, pool: poolFor(origin, connectMs) };
    if (routes.size >= maxRoutes) routes.clear();
    routes.set(url, route);
    return route;
  }

  function dispatchAlone(route: Route, request: Dispatcher.DispatchOptions, exchange: Exchange): void {
    const client = new Connection(route.origin, connectionOptions(route.connectMs, keepAliveMs));
    client.dispatch(request, exchange);
    const closed = client.close().finally(() => lone.delete(closed));
    lone.add(closed);
  }

  return {
    send(call: Call, signal: AbortSignal): Promise<Reply> {
      const route = routeFor(call);
      if (route === undefined) return Promise.reject(new ProviderError(notAUrl));
      const dispatch = (exchange: Exchange, fresh: boolean): void => {
        const request = requestOptions(call, route.path);
        if (fresh) dispatchAlone(route, request, exchange);
        else route.pool.dispatch(request, exchange);
      };
      const setting = { origin: route.origin, signal, watch: watches.of(call.deadlines), staleWithinMs };
      return new Exchange(call, setting, dispatch).reply;
    },

    async close(): Promise<void> {
      await Promise.all([...Array.from(pools.values(), (pool) => pool.close()), ...lone]);
      watches.close();
    },
  };
}

/** Shorter ones are written as they are, which takes 10 to 16 µs less: undici keeps them until the answer is over. */
const longBodyBytes = 256 * 1024;

/** What a socket reads ahead of a slow reader, beyond the one read that makes it full. */
const heldBytes = 16 * 1024;

function connectionOptions(connectMs: number, keepAliveMs: number): Client.Options {
  const socket = { highWaterMark: heldBytes, onread: copiedReads(), lookup: guardedLookup };
  const connect = timedConnector(buildConnector({ ...socket, allowH2: false, timeout: connectMs }), connectMs);
  return { allowH2: false, pipelining: 1, keepAliveTimeout: keepAliveMs, connect };
}

function requestOptions(call: Call, path: string): Dispatcher.DispatchOptions {
  const { method, headers, body } = call;
  const lines: string[] = [];
  // Small event streams gain nothing from compression, and a compressor upstream may hold events back.
  if (headers["accept-encoding"] === undefined) lines.push("accept-encoding", "identity");
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined) lines.push(name, value);
  }
  const long = body !== undefined && body.byteLength > longBodyBytes ? body : undefined;
  if (long !== undefined) lines.push("content-length", String(long.byteLength));
  const options: Dispatcher.DispatchOptions = {
    method,
    path,
    headers: lines,
    body: long === undefined ? (body ?? null) : null,
    // All deadlines but that of connecting are the exchange's own: undici's would cost timers, and that of a body would run
    // while a slow reader is not asking for more.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  // undici reads any iterable, though its types name only streams.
  return long === undefined ? options : Object.assign(options, { body: new OnceBody(long) });
}

const notAUrl: UpstreamFailure = { kind: "invalid-request", message: "the address of the provider is not a URL" };
