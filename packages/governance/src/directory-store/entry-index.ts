import {
  digestsOf,
  type DirectoryEntry,
  type EntryEdit,
  type EntryKind,
  entryKinds,
  type EntryRef,
  ownersOf,
} from "./directory-entry.ts";

/** What can be asked about the entries of a directory. */
export interface EntryView {
  get(kind: EntryKind, name: string): DirectoryEntry | undefined;
  of(kind: EntryKind): Iterable<DirectoryEntry>;
  /** Those that hang on an entry directly. */
  hangingOn(owner: EntryRef): Iterable<DirectoryEntry>;
  /** The key that is known under a digest. */
  withDigest(digest: string): DirectoryEntry | undefined;
}

/** The entries of a directory, found by name, by what they hang on and by digest. */
export class EntryIndex implements EntryView {
  readonly #byKind = new Map(entryKinds.map((kind) => [kind, new Map<string, DirectoryEntry>()]));
  readonly #hanging = new Map<string, Map<string, DirectoryEntry>>();
  readonly #byDigest = new Map<string, DirectoryEntry>();

  get(kind: EntryKind, name: string): DirectoryEntry | undefined {
    return this.#byKind.get(kind)?.get(name);
  }

  of(kind: EntryKind): Iterable<DirectoryEntry> {
    return this.#byKind.get(kind)?.values() ?? [];
  }

  hangingOn(owner: EntryRef): Iterable<DirectoryEntry> {
    return this.#hanging.get(refKey(owner))?.values() ?? [];
  }

  withDigest(digest: string): DirectoryEntry | undefined {
    return this.#byDigest.get(digest);
  }

  /** Does what edits say, removals first. */
  apply(edits: Iterable<Pick<EntryEdit, "kind" | "name" | "after">>): void {
    const all = [...edits];
    for (const { kind, name } of all) this.#remove(kind, name);
    for (const { after } of all) if (after !== undefined) this.#put(after);
  }

  #remove(kind: EntryKind, name: string): void {
    const entry = this.get(kind, name);
    if (entry === undefined) return;
    this.#byKind.get(kind)?.delete(name);
    for (const owner of ownersOf(kind, entry.spec)) {
      const key = refKey(owner);
      const siblings = this.#hanging.get(key);
      siblings?.delete(refKey(entry));
      if (siblings?.size === 0) this.#hanging.delete(key);
    }
    if (kind === "key") for (const digest of digestsOf(entry.spec)) this.#byDigest.delete(digest);
  }

  #put(entry: DirectoryEntry): void {
    this.#byKind.get(entry.kind)?.set(entry.name, entry);
    for (const owner of ownersOf(entry.kind, entry.spec)) {
      const siblings = this.#hanging.get(refKey(owner)) ?? new Map<string, DirectoryEntry>();
      siblings.set(refKey(entry), entry);
      this.#hanging.set(refKey(owner), siblings);
    }
    if (entry.kind === "key") for (const digest of digestsOf(entry.spec)) this.#byDigest.set(digest, entry);
  }
}

/** The entries as they would be after edits, which are not done. */
export function afterEdits(entries: EntryView, edits: readonly EntryEdit[]): EntryView {
  const edited = new Map(edits.map((edit) => [refKey(edit), edit]));
  const fresh = new EntryIndex();
  fresh.apply(edits);
  const stays = (entry: DirectoryEntry): boolean => !edited.has(refKey(entry));
  return {
    get: (kind, name) => (edited.has(refKey({ kind, name })) ? fresh : entries).get(kind, name),
    *of(kind) {
      for (const entry of entries.of(kind)) if (stays(entry)) yield entry;
      yield* fresh.of(kind);
    },
    *hangingOn(owner) {
      for (const entry of entries.hangingOn(owner)) if (stays(entry)) yield entry;
      yield* fresh.hangingOn(owner);
    },
    withDigest(digest) {
      const known = entries.withDigest(digest);
      return known !== undefined && stays(known) ? known : fresh.withDigest(digest);
    },
  };
}

/** The same text for the same kind and name, and for no others. */
export function refKey({ kind, name }: EntryRef): string {
  return `${kind} ${name}`;
}
