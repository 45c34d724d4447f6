import { type AuditEntry, describeLimit, type DirectoryEntry, type Limit } from "@drawbridge/governance";

/** An entry as plain data for others to read; without digests. */
export function entryData({ kind, name, managedBy, version, spec }: DirectoryEntry): object {
  return { kind, name, managedBy, version, ...shownSpec(spec) };
}

/** Entries for people, one a line. */
export function entriesText(entries: readonly DirectoryEntry[], nowMs: number): string {
  if (entries.length === 0) return "There are none.\n";
  const rows = entries.map((entry) => [
    entry.name,
    ["user", "team", "customer"]
      .flatMap((level) => (typeof entry.spec[level] === "string" ? [`${level} ${entry.spec[level]}`] : []))
      .join(", "),
    managers[entry.managedBy],
    standing(entry, nowMs),
    limitsIn(entry).map(describeLimit).join("; "),
  ]);
  return aligned([["NAME", "BELONGS TO", "DECLARED BY", "STATE", "LIMITS"], ...rows]);
}

/** One entry for people, setting by setting. */
export function entryText(entry: DirectoryEntry, nowMs: number): string {
  const { limits: _, ...spec } = shownSpec(entry.spec);
  const lines = [
    ["declared by", managers[entry.managedBy]],
    ["state", standing(entry, nowMs)],
    ...limitsIn(entry).map((limit, index) => [index === 0 ? "limits" : "", describeLimit(limit)]),
    ...Object.entries(spec).flatMap(([name, value]) => (isEmpty(value) ? [] : [[name, shown(name, value)]])),
  ];
  return `${entry.kind} ${entry.name}\n${aligned(lines.map(([name = "", value = ""]) => [`  ${name}`, value]))}`;
}

/** Audit entries for people, one a line. */
export function auditText(entries: readonly AuditEntry[]): string {
  if (entries.length === 0) return "There are none.\n";
  return aligned([
    ["NUMBER", "TIME", "ACTOR", "WHAT"],
    ...entries.map(({ seq, atMs, actor, action, kind, name }) => [
      String(seq),
      instant(atMs),
      actor,
      `${action} ${kind} ${name}`,
    ]),
  ]);
}

const managers: Readonly<Record<DirectoryEntry["managedBy"], string>> = {
  file: "file",
  store: "store",
  start: "first start",
};

function standing({ kind, spec }: DirectoryEntry, nowMs: number): string {
  const { disabled, revokedAtMs, expiresAtMs } = spec;
  if (typeof revokedAtMs === "number" && revokedAtMs <= nowMs) return `revoked ${instant(revokedAtMs)}`;
  if (disabled === true) return "disabled";
  if (kind !== "key" || typeof expiresAtMs !== "number") return "in force";
  return `${expiresAtMs <= nowMs ? "expired" : "until"} ${instant(expiresAtMs)}`;
}

function instant(ms: number): string {
  return new Date(ms).toISOString().replace(/(?:T00:00:00)?\.000Z$/u, (zero) => (zero.startsWith("T") ? "" : "Z"));
}

function limitsIn({ spec }: DirectoryEntry): readonly Limit[] {
  const { limits } = spec;
  return Array.isArray(limits) ? limits.filter(isLimit) : [];
}

function isLimit(value: unknown): value is Limit {
  return typeof value === "object" && value !== null && "of" in value && "window" in value;
}

function shownSpec({ previous, ...all }: DirectoryEntry["spec"]): Readonly<Record<string, unknown>> {
  const spec = Object.fromEntries(Object.entries(all).filter(([name]) => name !== "digest"));
  const untilMs =
    typeof previous === "object" && previous !== null && "untilMs" in previous ? previous.untilMs : undefined;
  return { ...spec, ...(untilMs !== undefined && { previousUntilMs: untilMs }) };
}

function shown(name: string, value: unknown): string {
  if (name.endsWith("Ms") && typeof value === "number") return instant(value);
  if (typeof value === "string") return value;
  return JSON.stringify(value, (_, part: unknown) => (isEmpty(part) ? undefined : part));
}

/** True for a list or a group in which nothing is set. */
function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).every(isEmpty);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}
