/** Values by a text. Never changed: a draft of it becomes another one, which shares with it all that is the same. */
export class PersistentMap<Value> implements Iterable<Value> {
  readonly size: number;
  readonly #root: Node<Value>;

  constructor(root?: Node<Value>, size = 0) {
    this.#root = root ?? emptyLeaf();
    this.size = size;
  }

  get(key: string): Value | undefined {
    return valueIn(this.#root, key);
  }

  /** All values, in no order. */
  [Symbol.iterator](): Iterator<Value> {
    return valuesOf(this.#root);
  }

  /** A copy that can be changed. */
  draft(): MapDraft<Value> {
    return new MapDraft(this, this.#root);
  }
}

/** A map that is being changed. What it began as stays as it was. */
export class MapDraft<Value> {
  #done: PersistentMap<Value>;
  #root: Node<Value>;
  #size: number;
  #isChanged = false;
  /** Nodes that have it were made here, and nobody else has seen them. */
  #owner: object = {};

  constructor(from: PersistentMap<Value>, root: Node<Value>) {
    this.#done = from;
    this.#root = root;
    this.#size = from.size;
  }

  get(key: string): Value | undefined {
    return valueIn(this.#root, key);
  }

  set(key: string, value: Value): void {
    const entries = this.#entriesFor(key);
    this.#size -= entries.size;
    entries.set(key, value);
    this.#size += entries.size;
  }

  delete(key: string): void {
    if (valueIn(this.#root, key) !== undefined && this.#entriesFor(key).delete(key)) this.#size -= 1;
  }

  /** The map with all changes up to now; the one from before where there were none. */
  done(): PersistentMap<Value> {
    if (!this.#isChanged) return this.#done;
    this.#owner = {};
    this.#isChanged = false;
    this.#done = new PersistentMap(this.#root, this.#size);
    return this.#done;
  }

  /** Where a key is kept, which is this draft's own with all that leads there. */
  #entriesFor(key: string): Map<string, Value> {
    this.#isChanged = true;
    let level = 0;
    let node = (this.#root = this.#own(this.#root, level));
    for (const hash = hashOf(key); node.children !== undefined; level++) {
      const place = placeAt(hash, level);
      node = node.children[place] = this.#own(node.children[place] ?? emptyLeaf(), level + 1);
    }
    return node.entries;
  }

  #own(node: Node<Value>, level: number): Node<Value> {
    const owner = this.#owner;
    const { entries, children } = node;
    if (children === undefined && entries.size >= mostInLeaf && level < mostLevels) {
      return branchOf(entries, level, owner);
    }
    if (node.owner === owner) return node;
    return children === undefined
      ? { owner, entries: new Map(entries), children }
      : { owner, entries: undefined, children: [...children] };
  }
}

/** A tree: whoever changes an entry copies a few hundred, and nothing of the rest. */
type Node<Value> = Leaf<Value> | Branch<Value>;

interface Leaf<Value> {
  readonly owner: object | undefined;
  readonly entries: Map<string, Value>;
  readonly children: undefined;
}

interface Branch<Value> {
  readonly owner: object | undefined;
  readonly entries: undefined;
  /** By the bits of the key's hash that this level goes by. */
  readonly children: Node<Value>[];
}

const mostInLeaf = 512;
const bitsOfLevel = 6;
const width = 2 ** bitsOfLevel;
/** There are no more bits. */
const mostLevels = Math.floor(32 / bitsOfLevel);

function emptyLeaf<Value>(): Leaf<Value> {
  return { owner: undefined, entries: new Map(), children: undefined };
}

function branchOf<Value>(entries: ReadonlyMap<string, Value>, level: number, owner: object): Branch<Value> {
  const leaves = Array.from({ length: width }, (): Leaf<Value> => ({ ...emptyLeaf(), owner }));
  for (const [key, value] of entries) leaves[placeAt(hashOf(key), level)]?.entries.set(key, value);
  return { owner, entries: undefined, children: leaves };
}

function valueIn<Value>(root: Node<Value>, key: string): Value | undefined {
  if (root.children === undefined) return root.entries.get(key);
  let node: Node<Value> | undefined = root;
  const hash = hashOf(key);
  for (let level = 0; node?.children !== undefined; level++) node = node.children[placeAt(hash, level)];
  return node?.entries?.get(key);
}

function* valuesOf<Value>(node: Node<Value>): Generator<Value, undefined> {
  if (node.children === undefined) yield* node.entries.values();
  else for (const child of node.children) yield* valuesOf(child);
  return undefined;
}

function placeAt(hash: number, level: number): number {
  return (hash >>> (level * bitsOfLevel)) & (width - 1);
}

/** FNV-1a: short, and spreads well. */
function hashOf(key: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01_00_01_93);
  return hash;
}
