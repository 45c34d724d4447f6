/** The kinds of things that a directory governs. */
export type EntryKind = "customer" | "team" | "user" | "key" | "provider" | "rule";

/** All kinds, whoever is hung on before what hangs on it. */
export const entryKinds = ["customer", "team", "user", "key", "provider", "rule"] as const satisfies EntryKind[];

/** What an entry says beside its name, as plain data: what its kind has in `DirectoryRules` or as a routing rule. */
export type EntrySpec = Readonly<Record<string, unknown>>;

/**
 * Who may change an entry: the configuration `file` that declares it, or anybody who changes the `store`. What a gateway
 * without configuration minted at its `start` steps back when the file declares keys.
 */
export type EntryManager = "file" | "store" | "start";

/** One governed thing as it is stored. Immutable. */
export interface DirectoryEntry {
  readonly kind: EntryKind;
  /** Unique among entries of its kind. */
  readonly name: string;
  readonly spec: EntrySpec;
  readonly managedBy: EntryManager;
  /** The directory's version that brought it in this form. */
  readonly version: number;
}

/** What becomes of one entry: it is made when there is no `before`, and removed when there is no `after`. */
export interface EntryEdit {
  readonly kind: EntryKind;
  readonly name: string;
  /** What is done, in one word: `create`, `update`, `remove`, `rotate`, `revoke`. */
  readonly action: string;
  readonly before: DirectoryEntry | undefined;
  readonly after: DirectoryEntry | undefined;
}

/** A kind and a name: what an entry hangs on. */
export interface EntryRef {
  readonly kind: EntryKind;
  readonly name: string;
}

const ownerFields = {
  customer: [],
  team: ["customer"],
  user: ["team"],
  key: ["user", "team", "customer"],
  provider: [],
  rule: [],
} as const satisfies Record<EntryKind, readonly EntryKind[]>;

/** What an entry of this kind with this `spec` hangs on; more than one for a spec that is wrong. */
export function ownersOf(kind: EntryKind, spec: EntrySpec): readonly EntryRef[] {
  return ownerFields[kind].flatMap((owner) => {
    const name = spec[owner];
    return typeof name === "string" ? [{ kind: owner, name }] : [];
  });
}

/** The digests under which a key is known, the one that is being replaced among them; none of what is no key. */
export function digestsOf({ kind, spec }: Pick<DirectoryEntry, "kind" | "spec">): readonly string[] {
  if (kind !== "key") return [];
  const { digest, previous } = spec;
  const old = typeof previous === "object" && previous !== null && "digest" in previous ? previous.digest : undefined;
  return [digest, old].filter((value) => typeof value === "string");
}

/** An entry as people call it: `team "payments"`. */
export function entryTitle({ kind, name }: EntryRef): string {
  return `${kind} "${name}"`;
}

/** Settings as a spec: a copy of what is data in them. */
export function specOf(settings: Readonly<Record<string, unknown>>): EntrySpec {
  const copy: EntrySpec = JSON.parse(JSON.stringify(settings));
  return Object.freeze(copy);
}
