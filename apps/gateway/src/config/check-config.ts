import { globProblem, parseAddressRange } from "@drawbridge/governance";
import { checkPrices } from "./check-prices.ts";
import { checkRules } from "./check-rules.ts";
import { didYouMean, type Finding, shown } from "./explain-issues.ts";
import { isLoopback } from "./is-loopback.ts";
import type { Outline } from "./outline.ts";
import { targetProblem } from "./target-problem.ts";

/** As much of a kind of provider as the check needs; the entries of the catalogue fit. */
export interface ProviderKind {
  readonly id: string;
  /** Absent when each user has another; then it must be configured. */
  readonly baseUrl?: unknown;
}

/** What the parts of a configuration must be to each other. */
export function checkConfig(outline: Outline, kinds: readonly ProviderKind[]): readonly Finding[] {
  return [
    ...checkServer(outline),
    ...checkProviders(outline, kinds),
    ...checkModels(outline),
    ...checkRules(outline),
    ...checkProxies(outline),
    ...checkGlobs(outline),
    ...checkPrices(
      outline.prices,
      outline.providers.map(({ name }) => name),
    ),
  ];
}

/** What is possible but probably a mistake. */
export function warnAbout(outline: Outline): readonly Finding[] {
  const secrets = outline.keys.map(({ value, index }) => ({ value, path: ["keys", index, "value"] }));
  return [...secrets, { value: outline.adminToken, path: ["server", "adminToken"] }]
    .filter(({ value }) => value !== undefined && value !== "" && value.length < safeLength)
    .map(({ path }) => ({
      path,
      message: `shorter than ${safeLength} characters, so it can be guessed; use a longer one`,
    }));
}

const safeLength = 20;

function checkServer({ host, adminToken }: Outline): Finding[] {
  if (host === undefined || isLoopback(host) || (adminToken !== undefined && adminToken !== "")) return [];
  const message =
    "other machines can reach this address, so an admin token is needed; " +
    "set server.adminToken or DRAWBRIDGE_ADMIN_TOKEN, or listen on 127.0.0.1";
  return [{ path: ["server", "host"], message, tellsNoValue: true }];
}

function checkProviders({ providers }: Outline, kinds: readonly ProviderKind[]): Finding[] {
  const ids = kinds.map(({ id }) => id);
  return providers.flatMap(({ name, kind, hasBaseUrl }): Finding[] => {
    const path = ["providers", name];
    const wrongName = nameProblem(name);
    if (wrongName !== undefined) return [{ path, message: wrongName, atKey: true }];
    if (kind === false) return [];
    const known = kinds.find(({ id }) => id === (kind ?? name));
    if (known === undefined) return [{ path: [...path, "kind"], message: kindProblem(name, kind, ids) }];
    if (known.baseUrl !== undefined || hasBaseUrl) return [];
    const message = `missing; a provider of the kind "${known.id}" has no address of its own, give that of the server`;
    return [{ path: [...path, "baseUrl"], message }];
  });
}

function nameProblem(name: string): string | undefined {
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) {
    return "not possible as a provider's name; wanted up to 64 letters, digits, dots, - and _, beginning with a letter or digit";
  }
  return name === "claude-gateway" ? "kept for aliases of models; give the provider another name" : undefined;
}

function kindProblem(name: string, kind: string | undefined, ids: readonly string[]): string {
  if (kind !== undefined)
    return `"${kind}" is no kind of provider${didYouMean(kind, ids) || `; known are ${ids.join(", ")}`}`;
  const meant = didYouMean(name, ids);
  return `missing, and the name "${name}" is no kind either${meant}; wanted one of ${ids.join(", ")}`;
}

function checkModels({ models, providers }: Outline): Finding[] {
  const names = providers.map(({ name }) => name);
  const seen = new Map<string, number>();
  return models.flatMap(({ index, match, targets, ways }): Finding[] => {
    const findings: Finding[] = [];
    if (ways !== 1)
      findings.push({ path: ["models", index, "target"], message: waysProblem(ways), tellsNoValue: true });
    const earlier = match === undefined ? undefined : seen.get(match);
    if (match !== undefined && earlier === undefined) seen.set(match, index);
    if (match !== undefined && earlier !== undefined) {
      const message = `the same as in models[${earlier}], so this one would never count`;
      findings.push({ path: ["models", index, "match"], message, tellsNoValue: true });
    }
    for (const { path, target } of targets) {
      const wrong = target === "" ? undefined : targetProblem(target, names);
      if (wrong !== undefined) findings.push({ path, message: wrong });
    }
    return findings;
  });
}

function waysProblem(ways: number): string {
  if (ways === 0) return "missing; wanted provider/model, or a chain of them as targets";
  return "given beside targets; wanted one of the two";
}

function checkProxies({ trustedProxies }: Outline): Finding[] {
  return trustedProxies.flatMap(({ path, range }): Finding[] => {
    const parsed = parseAddressRange(range);
    return typeof parsed === "string" ? [{ path, message: `${shown(range, path)} ${parsed}` }] : [];
  });
}

function checkGlobs({ models }: Outline): Finding[] {
  const patterns = models.map(({ index, match }) => ({ path: ["models", index, "match"], pattern: match }));
  return patterns.flatMap(({ path, pattern }): Finding[] => {
    const wrong = pattern === undefined || pattern === "" ? undefined : globProblem(pattern);
    return wrong === undefined ? [] : [{ path, message: `${shown(pattern, path)} ${wrong}` }];
  });
}
