import type { LedgerEntry } from "../book/ledger-entry.ts";
import type { ExpiredHold } from "../limits/limit-store.ts";

const ends: ReadonlySet<LedgerEntry["kind"]> = new Set(["close", "void", "expire"]);

/** Whoever held it is gone, and so is all that only it knew. */
const unknown = {
  keyId: "unknown",
  tags: {},
  provider: "unknown",
  model: "unknown",
  modelAsked: "unknown",
  credential: "unknown",
} as const;

/**
 * The entries for a request whose owner never came back: what the limits charge for it and no entry accounts for yet, on
 * the last attempt that has no end; attempts before it cost what is known of them.
 */
export function expiryEntries(
  { id, charged, scopes }: ExpiredHold,
  written: readonly LedgerEntry[],
  { atMs, replica }: Pick<LedgerEntry, "atMs" | "replica">,
): readonly LedgerEntry[] {
  const ended = new Set(written.filter(({ kind }) => ends.has(kind)).map(({ attempt }) => attempt));
  const open = written.filter(({ kind, attempt }) => kind === "open" && !ended.has(attempt));
  const known = written.reduce((sum, { kind, nanoUsd }) => (kind === "open" ? sum : sum + nanoUsd), 0);
  const rest = Math.max(0, charged.nanoUsd - known);
  const expired = { kind: "expire", source: "estimated", outcome: "expired", usage: undefined, atMs, replica } as const;
  const reason = "the gateway that ran it is gone; counted as the most that it can have come to";
  if (open.length === 0) {
    if (rest === 0) return [];
    const first = written[0] ?? { requestId: id, admittedMs: atMs, ...unknown, ...whoIn(scopes) };
    const attempt = 1 + Math.max(0, ...written.map((entry) => entry.attempt));
    return [{ ...first, ...expired, attempt, nanoUsd: rest, reason }];
  }
  return open.map((entry, index) => {
    const nanoUsd = index === open.length - 1 ? rest : 0;
    return { ...entry, ...expired, nanoUsd, reason };
  });
}

/** Who it was, as far as they have limits: the scopes of a hold are named like `team payments`. */
function whoIn(scopes: readonly string[]): Pick<LedgerEntry, "customer" | "team" | "user" | "keyName"> {
  const named = (level: string): string | undefined =>
    scopes.find((scope) => scope.startsWith(`${level} `))?.slice(level.length + 1);
  return { customer: named("customer"), team: named("team"), user: named("user"), keyName: named("key") ?? "unknown" };
}
