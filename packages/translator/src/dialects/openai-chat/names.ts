import { sha256 } from "./sha256.ts";

/** What OpenAI takes as a function name. Source: `FunctionDefinition.name` in openai-node. */
const legal = /^[a-zA-Z0-9_-]{1,64}$/;
const keptCharacters = 55;

/**
 * Gives each tool a name that chat servers accept and remembers how to read it back. The mapping is a pure hash of the
 * client's name, so that tools, history and answers agree on every replica and in every turn.
 */
export class WireNames {
  readonly #wireNames = new Map<string, string>();
  readonly #taken = new Map<string, string>();

  /** Names that keep their own form and that no mapped name may equal. */
  reserve(names: Iterable<string>): void {
    for (const name of names) if (legal.test(name)) this.#taken.set(name, name);
  }

  /** The name under which the provider knows a tool of the client's. */
  toWire(name: string): string {
    if (legal.test(name)) return name;
    const known = this.#wireNames.get(name);
    if (known !== undefined) return known;
    let wireName = shorten(name, name);
    while (this.#taken.has(wireName)) wireName = shorten(name, wireName);
    this.#wireNames.set(name, wireName);
    this.#taken.set(wireName, name);
    return wireName;
  }

  /** The client's names of those tools whose name on the wire is another one, by their name on the wire. */
  renamed(): ReadonlyMap<string, string> {
    return new Map(Array.from(this.#wireNames, ([name, wireName]) => [wireName, name]));
  }
}

function shorten(name: string, seed: string): string {
  const readable = name.slice(0, keptCharacters).replaceAll(/[^a-zA-Z0-9_-]/g, "_");
  return `${readable === "" ? "unnamed_tool" : readable}_${sha256(seed).slice(0, 8)}`;
}
