import { readFile } from "node:fs/promises";
import path from "node:path";
import {
  authorize,
  decideRoute,
  type ExplainedCall,
  type Explanation,
  explainRequest,
  explanationText,
  type Governed,
  type KeyHasher,
  type LeaseTerms,
  type LimitRule,
  type LimitUsage,
  type LimitWindow,
  periodOf,
  type Principal,
  zoneOffsets,
} from "@drawbridge/governance";
import { loadPriceList } from "@drawbridge/providers/models";
import {
  chatClient,
  type ClientCall,
  messagesClient,
  responsesClient,
  isTranslatorError,
} from "@drawbridge/translator";
import { buildSnapshot } from "../build-snapshot.ts";
import { declaredGoverned } from "../config/declared-governed.ts";
import type { GatewayConfig } from "../config/gateway-config.ts";
import { readEnv } from "../env.ts";
import { applyRuling } from "../exchange/apply-ruling.ts";
import { knownPlace, unpricedReason } from "../exchange/known-place.ts";
import { requestBound } from "../exchange/request-bound.ts";
import { requestFacts } from "../exchange/request-facts.ts";
import type { GovernedSource } from "../governed-snapshot.ts";
import { targetsOf } from "../exchange/targets-of.ts";
import { loadSetup } from "../load-setup.ts";
import { providerParts } from "../provider-parts.ts";
import type { Snapshot } from "../services.ts";
import { chooseConfigPath } from "../start-choices.ts";
import { explained, StartError } from "../start-error.ts";
import { type DryEndpoint, type ExplainArguments, explainArguments } from "./explain-arguments.ts";

/** Where a dry run is started from. */
export interface ExplainOptions {
  /** What stands behind `explain`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: { write(text: string): unknown };
}

/**
 * Prints what would become of a request, by the configuration alone. Opens no connection, and no store. Throws a StartError
 * that says what is wrong with the arguments, the configuration or the request.
 */
export async function explain({ argv, env, cwd, stdout }: ExplainOptions): Promise<void> {
  const args = explained(() => explainArguments(argv));
  const { variables, ...more } = explained(() => readEnv(env, cwd));
  const configPath = chooseConfigPath(
    { ...args, newKey: false, help: false, version: false },
    { variables, ...more },
    cwd,
  );
  const parts = providerParts();
  try {
    const [{ config, builtIn }, prices] = await Promise.all([
      loadSetup({ configPath, variables, parts }),
      loadPriceList(),
    ]);
    const governed = withKey(declaredGoverned(config, plain), args.key);
    const live: GovernedSource = { governed, hasher: plain, trust: () => "current", onWrongRule: () => undefined };
    const source = { live, config, prices, builtIn, onSearchFailure: () => undefined };
    const snapshot = explained(() => buildSnapshot(source, parts));
    const principal = principalIn(snapshot, config, args.key);
    const explanation = explainCall(snapshot, principal, { args, call: await requestOf(args, cwd) });
    stdout.write(args.json ? `${JSON.stringify(explanation, undefined, 2)}\n` : explanationText(explanation));
  } finally {
    await parts.transport.close();
  }
}

interface DryCall {
  readonly args: ExplainArguments;
  readonly call: ClientCall;
}

function explainCall(snapshot: Snapshot, principal: Principal, { args, call: asked }: DryCall): Explanation {
  const { endpoint } = args;
  const authorization = authorize(principal, { endpoint, tools: () => asked.tools() });
  const call = authorization.allowed ? asked.withoutTools(authorization.value.removeTools) : asked;
  const request = routeRequest(principal, { args, call });
  const route = decideRoute(snapshot, request);
  const links = route.ok ? route.links : [];
  const targets = links.flatMap((link) => targetsOf(link, snapshot, principal.policies));
  const places = targets.map((target) => knownPlace(snapshot, target, request.atMs));
  const ruled = applyRuling({ principal, call }, route.ruling);
  // A whole answer is held from the start.
  const terms: LeaseTerms = { ...snapshot.terms, ...principal.terms };
  const mode = call.facts.stream ? terms.mode : "strict";
  const bounded = { call: ruled.call, client: clients[endpoint].name, isStrict: terms.mode === "strict" };
  const bound = places.length === 0 ? undefined : requestBound(bounded, places);
  const explanation = explainRequest(snapshot, request, { authorization, bound, mode });
  const isLimited = principal.scopes.some(({ rules }) => rules.some(({ limit }) => limit.of === "nanoUsd"));
  if (!isLimited || places.length === 0 || places.some(({ prices }) => prices.length > 0)) return explanation;
  const unpriced = { by: "limit", code: "no-price", reason: unpricedReason(targets, principal.keyName) } as const;
  return { ...explanation, refusals: [...explanation.refusals, unpriced] };
}

/** Nothing is presented, so nothing has to be hashed. */
const plain: KeyHasher = { digest: (token) => token };
const madeUp = "key";

/** Where the configuration declares no keys, one that may do everything asks. */
function withKey(governed: Governed, name = madeUp): Governed {
  const { directory } = governed;
  if ((directory.keys ?? []).length > 0) return governed;
  return { ...governed, directory: { ...directory, keys: [{ name, digest: madeUp }] } };
}

function principalIn({ directory }: Snapshot, { directory: { keys } }: GatewayConfig, asked?: string): Principal {
  const names = keys.map(({ name }) => name);
  const name = asked ?? (names.length > 1 ? undefined : (names[0] ?? madeUp));
  const principal = name === undefined ? undefined : directory.principalOf(name);
  if (principal !== undefined) return principal;
  const known = `the configuration has ${names.join(", ")}`;
  throw new StartError(
    name === undefined ? `--key: say whose key asks; ${known}` : `--key: there is no key "${name}"; ${known}`,
  );
}

const clients = {
  messages: messagesClient,
  count_tokens: messagesClient,
  chat: chatClient,
  responses: responsesClient,
} satisfies Record<DryEndpoint, unknown>;

async function requestOf({ request, model, endpoint }: ExplainArguments, cwd: string): Promise<ClientCall> {
  const body = request === undefined ? shortRequest(endpoint) : await readRequest(path.resolve(cwd, request));
  const asked = { ...body, ...(model !== undefined && { model }) };
  try {
    return clients[endpoint].decodeRequest(Buffer.from(JSON.stringify(asked)), { createdAtSeconds: 0 });
  } catch (error) {
    if (isTranslatorError(error)) throw new StartError(`--request: ${error.message}`, { cause: error });
    throw error;
  }
}

function shortRequest(endpoint: DryEndpoint): object {
  const model = "claude-opus-5-5";
  const messages = [{ role: "user", content: "hi" }];
  return endpoint === "responses" ? { model, input: "hi" } : { model, max_tokens: 1_024, messages };
}

async function readRequest(file: string): Promise<object> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new StartError(`--request: ${file} cannot be read: ${cause instanceof Error ? cause.message : ""}`, {
      cause,
    });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new StartError(`--request: ${file} holds no request; wanted a JSON object`);
}

function routeRequest(principal: Principal, { args, call }: DryCall): ExplainedCall {
  const { endpoint, headers, used } = args;
  const sessionId = headers["x-claude-code-session-id"];
  const atMs = args.atMs ?? Date.now();
  const budgets = principal.scopes.flatMap((scope) => scope.rules.map((rule) => usageOf(rule, used, atMs)));
  return {
    request: requestFacts({ endpoint, call, headers, sessionId, address: () => undefined }),
    principal,
    atMs,
    budgets: budgets.filter(({ limit }) => limit.window.kind !== "request"),
  };
}

/** As if so much of every budget were used, and nothing else. */
function usageOf({ scope, limit }: LimitRule, share: number, atMs: number): LimitUsage {
  const used = limit.of === "nanoUsd" ? Math.floor(limit.amount * share) : 0;
  return { scope, limit, used, held: 0, resetsAtMs: resetOf(limit.window, atMs) };
}

function resetOf(window: LimitWindow, atMs: number): number | undefined {
  if (window.kind === "calendar") return periodOf(window, atMs, zoneOffsets()).endMs;
  return window.kind === "rolling" ? atMs + window.ms : undefined;
}
