import { sha256 } from "./sha256.ts";

/** What a provider takes as the name of a tool. */
export interface NameRule {
  readonly legal: RegExp;
  /** One character that may not stand in a name; with the flag `g`. */
  readonly illegalCharacter: RegExp;
  readonly maxLength: number;
}

/** What OpenAI takes as a function name. Source: `FunctionDefinition.name` in openai-node. */
export const openaiNames: NameRule = {
  legal: /^[a-zA-Z0-9_-]{1,64}$/,
  illegalCharacter: /[^a-zA-Z0-9_-]/g,
  maxLength: 64,
};

/**
 * Gives each tool a name that the provider accepts and remembers how to read it back. The mapping is a pure hash of the
 * client's name, so that tools, history and answers agree on every replica and in every turn.
 */
export class WireNames {
  readonly #rule: NameRule;
  readonly #wireNames = new Map<string, string>();
  readonly #taken = new Map<string, string>();

  constructor(rule: NameRule) {
    this.#rule = rule;
  }

  /** Names that keep their own form and that no mapped name may equal. */
  reserve(names: Iterable<string>): void {
    for (const name of names) if (this.#rule.legal.test(name)) this.#taken.set(name, name);
  }

  /** The name under which the provider knows a tool of the client's. */
  toWire(name: string): string {
    if (this.#rule.legal.test(name)) return name;
    const known = this.#wireNames.get(name);
    if (known !== undefined) return known;
    let wireName = shorten(name, name, this.#rule);
    while (this.#taken.has(wireName)) wireName = shorten(name, wireName, this.#rule);
    this.#wireNames.set(name, wireName);
    this.#taken.set(wireName, name);
    return wireName;
  }

  /** The client's names of those tools whose name on the wire is another one, by their name on the wire. */
  renamed(): ReadonlyMap<string, string> {
    return new Map(Array.from(this.#wireNames, ([name, wireName]) => [wireName, name]));
  }
}

function shorten(name: string, seed: string, rule: NameRule): string {
  const hash = `_${sha256(seed).slice(0, 8)}`;
  const room = rule.maxLength - hash.length;
  const readable = name.slice(0, room).replaceAll(rule.illegalCharacter, "_");
  const wireName = `${readable === "" ? "unnamed_tool" : readable}${hash}`;
  // Some providers are particular about the first character.
  return rule.legal.test(wireName) ? wireName : `${`tool_${readable}`.slice(0, room)}${hash}`;
}
