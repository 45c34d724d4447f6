import {
  type AddressRange,
  type CompileRulesOptions,
  parseAddressRange,
  type ModelRoute,
  type RoutingRule,
  type LeaseMode,
  type WhenSpent,
} from "@drawbridge/governance";
import type { DispatchSettings, ProviderSettings, Secret } from "@drawbridge/providers";
import type { ModelOverride } from "@drawbridge/providers/models";
import type { z } from "zod";
import type { SearchSettings } from "../search/create-web-search.ts";
import type { DirectorySettings } from "./declared-directory.ts";
import type { configSchema } from "./schema.ts";
import type { StorageSettings } from "./storage-schema.ts";

type Parsed = z.output<typeof configSchema>;

/** A configuration that has been checked: every default filled in, every reference followed. */
export interface GatewayConfig {
  readonly server: {
    readonly host: string;
    /** 0 takes a free one. */
    readonly port: number;
    readonly adminToken: Secret | undefined;
    readonly bodyLimitBytes: number;
    readonly pingMs: number;
    readonly noticeMs: number;
    readonly drainMs: number;
    readonly connectionsPerAddress: number | undefined;
    /** Who is believed about where a request comes from. */
    readonly trustedProxies: readonly AddressRange[];
  };
  /** In the order of the file. */
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  readonly models: readonly ModelRoute[];
  readonly routing: {
    readonly settings: Partial<DispatchSettings>;
    /** Until the first content, over all attempts. */
    readonly deadlineMs: number | undefined;
    /** What the conditions of rules go by. */
    readonly rules: Pick<CompileRulesOptions, "timeZone" | "tiers">;
  };
  /** In the order in which they are tried. */
  readonly rules: readonly RoutingRule[];
  /** Who there is and what they may do and use. */
  readonly directory: DirectorySettings;
  /** How requests are held in limits. */
  readonly limits: { readonly hold: LeaseMode; readonly whenSpent: WhenSpent };
  /** In the order of the file. */
  readonly prices: readonly ModelOverride[];
  /** The engine that searches for models that cannot. */
  readonly search?: SearchSettings;
  /** Where what is remembered is kept; on this machine unless told. */
  readonly storage?: StorageSettings;
  readonly log: { readonly level: Parsed["log"]["level"] };
}

/** The configuration from what the schema gives. `adminToken` stands in where the file names none. */
export function toGatewayConfig(parsed: Parsed, adminToken: Secret | undefined): GatewayConfig {
  const { server, customers, teams, users, keys, providers, ...rest } = parsed;
  const limited = Object.entries(providers).map(([name, { limits, ...settings }]) => ({ name, limits, settings }));
  return {
    ...rest,
    providers: Object.fromEntries(limited.map(({ name, settings }) => [name, settings])),
    directory: {
      customers,
      teams,
      users,
      keys,
      providers: Object.fromEntries(limited.map(({ name, limits = {} }) => [name, limits])),
    },
    server: {
      host: server.host,
      port: server.port,
      adminToken: server.adminToken ?? adminToken,
      bodyLimitBytes: server.bodyLimit,
      pingMs: server.ping,
      noticeMs: server.notice,
      drainMs: server.drain,
      connectionsPerAddress: server.connectionsPerAddress,
      trustedProxies: server.trustedProxies.flatMap(rangeOf),
    },
  };
}

/** What is no range has been refused before. */
function rangeOf(text: string): readonly AddressRange[] {
  const range = parseAddressRange(text);
  return typeof range === "string" ? [] : [range];
}
