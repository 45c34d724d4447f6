import type { ChatProfile } from "./profile.ts";
import { sha256 } from "./sha256.ts";

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * Gives each tool call of a conversation an id that is its own and that the server accepts. It depends on the id and
 * on how often that id came before, and so is the same in every later turn.
 */
export class CallIds {
  readonly #rule: ChatProfile["toolCallIds"];
  readonly #taken = new Set<string>();
  readonly #seen = new Map<string, number>();

  constructor(rule: ChatProfile["toolCallIds"]) {
    this.#rule = rule;
  }

  /** The id on the wire of the next call that the client knows as `id`. */
  next(id: string): string {
    const base = id === "" ? "call" : id;
    let count = this.#seen.get(base) ?? 0;
    let wireId: string;
    do {
      count++;
      wireId = fit(count === 1 ? base : `${base}_${count}`, this.#rule);
    } while (this.#taken.has(wireId));
    this.#seen.set(base, count);
    this.#taken.add(wireId);
    return wireId;
  }
}

/**
 * Sources: OpenAI has refused ids over 40 and later over 64 characters ("string_above_max_length"); Mistral's
 * tokenizer refuses all but nine letters and digits ("must be a-z, A-Z, 0-9, with a length of 9").
 */
function fit(id: string, rule: ChatProfile["toolCallIds"]): string {
  if (rule === "any" || (rule === "max-40" && id.length <= 40)) return id;
  if (rule === "max-40") return `call_${sha256(id).slice(0, 35)}`;
  return /^[a-zA-Z0-9]{9}$/.test(id) ? id : nineCharacters(sha256(id));
}

function nineCharacters(hash: string): string {
  let id = "";
  for (let index = 0; index < 9; index++) {
    id += digits.charAt(Number.parseInt(hash.slice(index * 5, index * 5 + 5), 16) % digits.length);
  }
  return id;
}
