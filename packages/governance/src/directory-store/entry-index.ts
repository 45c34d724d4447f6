import {
  digestsOf,
  type DirectoryEntry,
  type EntryEdit,
  type EntryKind,
  entryKinds,
  type EntryRef,
  ownersOf,
} from "./directory-entry.ts";
import { type MapDraft, PersistentMap } from "./persistent-map.ts";

/** Entries of one kind: the same object as long as nothing has become of any of them. */
export interface EntryList extends Iterable<DirectoryEntry> {
  readonly size: number;
}

/** What can be asked about the entries of a directory at one version. Immutable. */
export interface EntryView {
  get(kind: EntryKind, name: string): DirectoryEntry | undefined;
  of(kind: EntryKind): EntryList;
  /** Those that hang on an entry directly. */
  hangingOn(owner: EntryRef): EntryList;
  /** Those that a configuration file declares. */
  readonly ofFile: EntryList;
  /** The key that is known under a digest. */
  withDigest(digest: string): DirectoryEntry | undefined;
  /** How many have limits. */
  readonly limited: number;
  /** How many keys a configuration file declares, and how many a start without one has made. */
  readonly keysBy: { readonly file: number; readonly start: number };
}

type Entries = PersistentMap<DirectoryEntry>;

interface Parts {
  readonly kinds: ReadonlyMap<EntryKind, Entries>;
  /** By what they hang on. */
  readonly hanging: PersistentMap<Entries>;
  readonly ofFile: Entries;
  readonly digests: Entries;
  readonly limited: number;
  readonly keysBy: EntryView["keysBy"];
}

const nothing: Entries = new PersistentMap();
const noParts: Parts = {
  kinds: new Map(entryKinds.map((kind) => [kind, nothing])),
  hanging: new PersistentMap(),
  ofFile: nothing,
  digests: nothing,
  limited: 0,
  keysBy: { file: 0, start: 0 },
};

/** The entries of a directory, found by name, by what they hang on and by digest. Immutable; a change takes microseconds. */
export class EntryIndex implements EntryView {
  readonly #parts: Parts;

  constructor(parts: Parts = noParts) {
    this.#parts = parts;
  }

  get(kind: EntryKind, name: string): DirectoryEntry | undefined {
    return this.#parts.kinds.get(kind)?.get(name);
  }

  of(kind: EntryKind): EntryList {
    return this.#parts.kinds.get(kind) ?? nothing;
  }

  hangingOn(owner: EntryRef): EntryList {
    return this.#parts.hanging.get(refKey(owner)) ?? nothing;
  }

  get ofFile(): EntryList {
    return this.#parts.ofFile;
  }

  withDigest(digest: string): DirectoryEntry | undefined {
    return this.#parts.digests.get(digest);
  }

  get limited(): number {
    return this.#parts.limited;
  }

  get keysBy(): EntryView["keysBy"] {
    return this.#parts.keysBy;
  }

  /** A copy that can be changed. */
  draft(): EntryDraft {
    return new EntryDraft(this.#parts);
  }

  /** The entries as they are after edits. */
  after(edits: Iterable<IndexEdit>): EntryIndex {
    const draft = this.draft();
    draft.apply(edits);
    return draft.done();
  }
}

/** As much of an edit as the entries take. */
export type IndexEdit = Pick<EntryEdit, "kind" | "name" | "after">;

/** Of so many owners the members are changed at a time, so that it never takes long to close them. */
const mostOpen = 1_000;

/** Entries that are being changed, many at a time. */
export class EntryDraft {
  readonly #kinds: ReadonlyMap<EntryKind, MapDraft<DirectoryEntry>>;
  readonly #hanging: MapDraft<Entries>;
  /** Of those that have changed, by what they hang on. */
  readonly #members = new Map<string, MapDraft<DirectoryEntry>>();
  readonly #ofFile: MapDraft<DirectoryEntry>;
  readonly #digests: MapDraft<DirectoryEntry>;
  #limited: number;
  readonly #keysBy: Record<keyof EntryView["keysBy"], number>;

  constructor({ kinds, hanging, ofFile, digests, limited, keysBy }: Parts) {
    this.#kinds = new Map(Array.from(kinds, ([kind, entries]) => [kind, entries.draft()]));
    this.#hanging = hanging.draft();
    this.#ofFile = ofFile.draft();
    this.#digests = digests.draft();
    this.#limited = limited;
    this.#keysBy = { ...keysBy };
  }

  /** Does what edits say, removals first, so that two keys may exchange their values. */
  apply(edits: Iterable<IndexEdit>): void {
    const all = [...edits];
    for (const { kind, name } of all) {
      const before = this.#kinds.get(kind)?.get(name);
      if (before !== undefined) this.#remove(before);
    }
    for (const { after } of all) if (after !== undefined) this.#put(after);
    if (this.#members.size > mostOpen) this.#closeMembers();
  }

  /** The entries with all changes up to now. */
  done(): EntryIndex {
    this.#closeMembers();
    return new EntryIndex({
      kinds: new Map(Array.from(this.#kinds, ([kind, draft]) => [kind, draft.done()])),
      hanging: this.#hanging.done(),
      ofFile: this.#ofFile.done(),
      digests: this.#digests.done(),
      limited: this.#limited,
      keysBy: { ...this.#keysBy },
    });
  }

  #closeMembers(): void {
    for (const [owner, draft] of this.#members) {
      const members = draft.done();
      if (members.size === 0) this.#hanging.delete(owner);
      else this.#hanging.set(owner, members);
    }
    this.#members.clear();
  }

  #remove(entry: DirectoryEntry): void {
    this.#kinds.get(entry.kind)?.delete(entry.name);
    for (const owner of ownersOf(entry.kind, entry.spec)) this.#membersOf(owner).delete(refKey(entry));
    this.#ofFile.delete(refKey(entry));
    this.#count(entry, -1);
    for (const digest of digestsOf(entry)) {
      // Another key that came before this one went may have it already.
      if (this.#digests.get(digest) === entry) this.#digests.delete(digest);
    }
  }

  #put(entry: DirectoryEntry): void {
    this.#kinds.get(entry.kind)?.set(entry.name, entry);
    for (const owner of ownersOf(entry.kind, entry.spec)) this.#membersOf(owner).set(refKey(entry), entry);
    if (entry.managedBy === "file") this.#ofFile.set(refKey(entry), entry);
    this.#count(entry, 1);
    for (const digest of digestsOf(entry)) this.#digests.set(digest, entry);
  }

  #membersOf(owner: EntryRef): MapDraft<DirectoryEntry> {
    const key = refKey(owner);
    const draft = this.#members.get(key) ?? (this.#hanging.get(key) ?? nothing).draft();
    this.#members.set(key, draft);
    return draft;
  }

  #count({ kind, spec, managedBy }: DirectoryEntry, by: 1 | -1): void {
    const { limits, providerLimits } = spec;
    if ((Array.isArray(limits) && limits.length > 0) || providerLimits !== undefined) this.#limited += by;
    if (kind === "key" && managedBy !== "store") this.#keysBy[managedBy] += by;
  }
}

/** The same text for the same kind and name, and for no others. */
export function refKey({ kind, name }: EntryRef): string {
  return `${kind} ${name}`;
}
