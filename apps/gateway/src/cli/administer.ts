import { hostname, userInfo } from "node:os";
import path from "node:path";
import {
  type DirectoryChange,
  type DirectoryEntry,
  type DirectoryState,
  isGovernanceError,
  type KeyHasher,
  mintKey,
  nearestNames,
  removeEntry,
  revokeKey,
  rotateKey,
  stateWithFile,
} from "@drawbridge/governance";
import { declaredGoverned } from "../config/declared-governed.ts";
import type { GatewayConfig } from "../config/gateway-config.ts";
import { parseInstant } from "../config/parse-instant.ts";
import { readEnv } from "../env.ts";
import { loadSetup } from "../load-setup.ts";
import { providerParts } from "../provider-parts.ts";
import { chooseConfigPath } from "../start-choices.ts";
import { explained, explainedAsync, StartError } from "../start-error.ts";
import { openStorage } from "../storage/open-storage.ts";
import { readStorage, type StoredState } from "../storage/read-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { type DirectoryArguments, directoryArguments } from "./directory-arguments.ts";
import { alteration, creation, keyCreation } from "./directory-settings.ts";
import { auditText, entriesText, entryData, entryText } from "./directory-text.ts";

/** Where administration is started from. */
export interface AdministerOptions {
  /** From the section on: `keys create alice`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: { write(text: string): unknown };
  readonly random: (bytes: number) => Uint8Array;
}

/** A configuration, and where the storage is that it names none of. */
interface Place {
  readonly config: GatewayConfig;
  /** The names of those that there are. */
  readonly providers: readonly string[];
  readonly folder: string;
  /** Of the configuration file, for the audit. */
  readonly file: string;
}

/**
 * Shows or changes what is governed, where the configuration's storage keeps it. Throws a StartError that says what is wrong
 * with the arguments, the configuration or the store, or what speaks against the change.
 */
export async function administer({ argv, env, cwd, stdout, random }: AdministerOptions): Promise<void> {
  const args = explained(() => directoryArguments(argv));
  const gateway = explained(() => readEnv(env, cwd));
  const { stateDirectory: folder, variables } = gateway;
  const configPath = chooseConfigPath(args, gateway, cwd);
  const parts = providerParts();
  try {
    const { config, builtIn } = await loadSetup({ configPath, variables, parts });
    const providers = [...Object.keys(config.providers), ...builtIn.map(({ name }) => name)];
    const place = { config, providers, folder, file: path.basename(configPath ?? "no configuration") };
    const isReading = args.verb === "list" || args.verb === "show";
    stdout.write(await (isReading ? looked(args, place) : done(args, place, random)));
  } finally {
    await parts.transport.close();
  }
}

async function looked(args: DirectoryArguments, { config, folder }: Place): Promise<string> {
  const { kind, verb, name, afterSeq, json } = args;
  const stored = await readStorage({ settings: config.storage, folder, clock: Date.now });
  try {
    if (kind === "audit") {
      const entries = (await stored?.audit({ afterSeq, limit: 1_000 })) ?? [];
      return json ? plain(entries) : auditText(entries);
    }
    const entries = entriesIn(stored, config).filter((entry) => entry.kind === kind);
    if (verb === "list") return json ? plain(entries.map(entryData)) : entriesText(entries, Date.now());
    const entry = entries.find((one) => one.name === name);
    if (entry === undefined) throw new StartError(unknownEntry(args, entries));
    return json ? plain(entryData(entry)) : entryText(entry, Date.now());
  } finally {
    await stored?.close();
  }
}

/** Nothing is presented, so nothing has to be hashed. */
const unhashed: KeyHasher = { digest: (token) => token };

/** On one machine what the file declares is put there by each start, and not kept. */
function entriesIn(stored: StoredState | undefined, config: GatewayConfig): readonly DirectoryEntry[] {
  const kept = stored?.entries ?? [];
  if (config.storage?.postgres !== undefined) return kept;
  const { entries } = explained(() => stateWithFile(kept, declaredGoverned(config, unhashed)));
  return (["customer", "team", "user", "key", "provider", "rule"] as const).flatMap((kind) => [...entries.of(kind)]);
}

function unknownEntry({ kind, name }: DirectoryArguments, entries: readonly DirectoryEntry[]): string {
  const names = entries.map((entry) => entry.name);
  const near = nearestNames(name, names, 2).map((one) => `"${one}"`);
  return `there is no ${kind} "${name}"${near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`}`;
}

async function done(
  args: DirectoryArguments,
  { config, providers, folder, file }: Place,
  random: AdministerOptions["random"],
): Promise<string> {
  const storage = await openStorage({ settings: config.storage, folder, clock: Date.now, random, log: silent });
  try {
    return await explainedAsync(async () => {
      // Gateways that share a storage have put there what their files declare.
      if (config.storage?.postgres === undefined) {
        await storage.directory.applyFile(file, declaredGoverned(config, storage.hasher));
      }
      return changed(args, { storage, providers }, random);
    });
  } finally {
    await storage.close();
  }
}

/** What goes wrong with a store is told by what the change throws. */
const silent = { error: () => undefined, warn: () => undefined, info: () => undefined };

async function changed(
  args: DirectoryArguments,
  { storage, providers }: { readonly storage: Storage; readonly providers: readonly string[] },
  random: AdministerOptions["random"],
): Promise<string> {
  const { directory, hasher, place } = storage;
  const { kind, verb, name, json, actor = thisAccount() } = args;
  const isMinting = kind === "key" && (verb === "create" || verb === "rotate");
  const value = isMinting ? mintKey(random) : undefined;
  const digest = value && hasher.digest(value);
  const version = await madeAnew(async () => {
    const state = await directory.load();
    return directory.change(actor, changeIn(args, { state, providers, digest }));
  });
  if (json) return plain({ kind, name, action: verb, version, ...(value !== undefined && { value }) });
  const told = `${kind} ${name}: ${participles[verb]} ${place}\n`;
  return value === undefined ? told : `${told}${value}\nThis is shown once; only its hash is kept.\n`;
}

const mostTries = 20;

/** Makes a change from what there is, again when somebody else has changed that meanwhile. */
async function madeAnew(make: () => Promise<number>): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      return await make();
    } catch (error) {
      if (tries === mostTries || !isGovernanceError(error) || error.code !== "entry-changed") throw error;
    }
  }
}

interface ChangeParts {
  readonly state: DirectoryState;
  readonly providers: readonly string[];
  /** Of the value that was minted for it. */
  readonly digest: string | undefined;
}

function changeIn(args: DirectoryArguments, { state, providers, digest }: ChangeParts): DirectoryChange {
  const { kind, verb, name, settings, unset, overlapMs } = args;
  if (kind === "audit") throw new TypeError("audit: it can only be listed");
  refusePast(settings["expires"]);
  if (verb === "rotate" && digest !== undefined) return rotateKey(name, digest, overlapMs);
  if (verb === "revoke") return revokeKey(name);
  if (verb === "remove") return removeEntry(kind, name);
  if (verb === "update") return alteration({ kind, name, settings, unset }, state, providers);
  return kind === "key"
    ? keyCreation({ name, settings }, { digest: digest ?? "", providers })
    : creation({ kind, name, settings }, providers);
}

function refusePast(expires: unknown): void {
  const atMs = parseInstant(expires);
  if (atMs === undefined || atMs > Date.now()) return;
  throw new TypeError(`expires: ${String(expires)} has passed, so the key could not be used; revoke one to end it`);
}

const participles: Readonly<Record<DirectoryArguments["verb"], string>> = {
  list: "listed",
  show: "shown",
  create: "created",
  update: "updated",
  remove: "removed",
  rotate: "rotated",
  revoke: "revoked",
};

function thisAccount(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // An account that has no name, as in some containers.
    return `somebody@${hostname()}`;
  }
}

function plain(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
