import {
  type DirectoryEntry,
  type DirectoryState,
  explanationText,
  type Governed,
  type KeyHasher,
  nearestNames,
  type Principal,
  rulesIn,
  stateWithFile,
  storedDirectories,
} from "@drawbridge/governance";
import { loadPriceList } from "@drawbridge/providers/models";
import { buildSnapshot } from "../build-snapshot.ts";
import { declaredGoverned } from "../config/declared-governed.ts";
import { readEnv } from "../env.ts";
import type { GovernedSource } from "../governed-snapshot.ts";
import { loadSetup } from "../load-setup.ts";
import { providerParts } from "../provider-parts.ts";
import type { Snapshot } from "../services.ts";
import { chooseConfigPath } from "../start-choices.ts";
import { explained, StartError } from "../start-error.ts";
import { readStorage, type StoredState } from "../storage/read-storage.ts";
import { dryRequest } from "./dry-request.ts";
import { dryUsage } from "./dry-usage.ts";
import { explainArguments } from "./explain-arguments.ts";
import { explainCall } from "./explain-call.ts";

/** Where a dry run is started from. */
export interface ExplainOptions {
  /** What stands behind `explain`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: { write(text: string): unknown };
}

/**
 * Prints what would become of a request, by the configuration and what is stored. Changes nothing. Throws a StartError that
 * says what is wrong with the arguments, the configuration, the store or the request.
 */
export async function explain({ argv, env, cwd, stdout }: ExplainOptions): Promise<void> {
  const args = explained(() => explainArguments(argv));
  const gateway = explained(() => readEnv(env, cwd));
  const { variables, stateDirectory: folder } = gateway;
  const configPath = chooseConfigPath(args, gateway, cwd);
  const parts = providerParts();
  let stored: StoredState | undefined;
  try {
    const [{ config, builtIn }, prices] = await Promise.all([
      loadSetup({ configPath, variables, parts }),
      loadPriceList(),
    ]);
    if (!args.fileOnly) stored = await readStorage({ settings: config.storage, folder, clock: Date.now });
    const declared = declaredGoverned(config, plain);
    const { entries, governed } = explained(() => withKey(stored?.entries ?? [], declared, args.key));
    const wrongRules: string[] = [];
    const onWrongRule = (rule: string, reason: string): void => void wrongRules.push(`rule ${rule}: ${reason}`);
    const directory = storedDirectories({ hasher: plain })(entries);
    const live: GovernedSource = { directory, rules: rulesIn(entries), trust: () => "current", onWrongRule };
    const source = { live, config, prices, builtIn, onSearchFailure: () => undefined };
    const snapshot = explained(() => buildSnapshot(source, parts));
    const principal = principalIn(snapshot, governed, args.key);
    const call = await dryRequest(args, cwd);
    const usage = dryUsage(args, stored);
    const explanation = await explainCall({ snapshot, principal, usage }, { args, call });
    stdout.write(args.json ? `${JSON.stringify(explanation, undefined, 2)}\n` : explanationText(explanation));
    if (!args.json) stdout.write(sourcesText(stored, wrongRules));
  } finally {
    await stored?.close();
    await parts.transport.close();
  }
}

function sourcesText(stored: StoredState | undefined, wrongRules: readonly string[]): string {
  const left = wrongRules.map((one) => `left out, as it makes no sense with this configuration: ${one}\n`);
  const by = stored === undefined ? [] : [`By the configuration and what is stored ${stored.place}.\n`];
  return [...left, ...by].map((line) => `\n${line}`).join("");
}

/** Nothing is presented, so nothing has to be hashed. */
const plain: KeyHasher = { digest: (token) => token };
const madeUp = "key";

/** What would be governed; where there are no keys at all, with one that may do everything. */
function withKey(entries: readonly DirectoryEntry[], declared: Governed, name = madeUp): DirectoryState {
  const state = stateWithFile(entries, declared);
  if ((state.governed.directory.keys ?? []).length > 0) return state;
  const { directory } = declared;
  return stateWithFile(entries, { ...declared, directory: { ...directory, keys: [{ name, digest: madeUp }] } });
}

function principalIn({ directory }: Snapshot, governed: Governed, asked?: string): Principal {
  const names = (governed.directory.keys ?? []).map(({ name }) => name);
  const name = asked ?? (names.length > 1 ? undefined : (names[0] ?? madeUp));
  const principal = name === undefined ? undefined : directory.principalOf(name);
  if (principal !== undefined) return principal;
  if (name === undefined) throw new StartError(`--key: say whose key asks; ${known(names)}`);
  const near = nearestNames(name, names, 2).map((one) => `"${one}"`);
  const meant = near.length === 0 ? known(names) : `did you mean ${near.join(" or ")}?`;
  throw new StartError(`--key: there is no key "${name}"; ${meant}`);
}

const mostShown = 10;

function known(names: readonly string[]): string {
  const more = names.length > mostShown ? ` and ${names.length - mostShown} more` : "";
  return `there are ${names.slice(0, mostShown).join(", ")}${more}`;
}
