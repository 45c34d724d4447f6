const needsCare = /["\\]/g;
const notBlank = /\S/;

/**
 * The arguments of one tool call, from fragments to one JSON object. What can be forwarded at once is forwarded as it
 * came, so numbers keep their digits; only what would not parse is changed: raw control characters inside strings,
 * trailing commas, missing closing brackets, an empty object before the real one, anything after the object.
 */
export class ToolInput {
  #mode: "start" | "object" | "complete" | "foreign" = "start";
  #held = "";
  #empty = false;
  #text = "";
  #closers = "";
  #inString = false;
  #escaped = false;

  /** True once a whole object has arrived. `{}` counts, although a server that sends it first may still replace it. */
  get complete(): boolean {
    return this.#mode === "complete" || this.#empty;
  }

  /** Takes a fragment in and gives what may be forwarded now. */
  take(fragment: string): string {
    if (this.#mode === "object") return this.#scan(fragment);
    if (this.#mode === "complete") return "";
    this.#held += fragment;
    // What is blank decides nothing, and looking again at all that is held would make long runs of it slow.
    return this.#mode === "foreign" || !notBlank.test(fragment) ? "" : this.#begin();
  }

  /** What is missing for an object, possibly nothing; undefined when what was forwarded cannot become one. */
  end(): string | undefined {
    if (this.#mode === "complete") return "";
    if (this.#mode === "start") return "";
    if (this.#mode === "foreign") return rescue(this.#held);
    const closers = this.#closers;
    return !this.#inString && isJsonObject(this.#text + closers) ? closers : undefined;
  }

  #begin(): string {
    this.#passEmptyObjects();
    const start = this.#held.search(notBlank);
    if (start < 0 || this.#held === "{}") return "";
    if (this.#held[start] !== "{") {
      this.#mode = "foreign";
      return "";
    }
    if (!notBlank.test(this.#held.slice(start + 1))) return "";
    const text = this.#held.slice(start);
    this.#held = "";
    this.#empty = false;
    this.#mode = "object";
    return this.#scan(text);
  }

  /** Drops empty objects that another one follows, and whatever else follows the last. */
  #passEmptyObjects(): void {
    const found = /^(?:\s*\{\s*\})+\s*/.exec(this.#held);
    if (found === null) return;
    const rest = this.#held.slice(found[0].length);
    this.#empty = !rest.startsWith("{");
    this.#held = this.#empty ? "{}" : rest;
  }

  #scan(fragment: string): string {
    let out = "";
    let at = 0;
    while (at < fragment.length && this.#mode === "object") {
      if (this.#inString) {
        const end = this.#stringEnd(fragment, at);
        out += escapeControls(fragment.slice(at, end));
        at = end;
      } else {
        out += this.#structure(fragment.charAt(at));
        at += 1;
      }
    }
    this.#text += out;
    return out;
  }

  /** Index after the string's closing quote, or the fragment's end. */
  #stringEnd(fragment: string, from: number): number {
    let at = from;
    if (this.#escaped) {
      this.#escaped = false;
      at += 1;
    }
    for (;;) {
      needsCare.lastIndex = at;
      const found = needsCare.exec(fragment);
      if (found === null) return fragment.length;
      at = found.index + 1;
      if (found[0] === '"') {
        this.#inString = false;
        return at;
      }
      if (found[0] === "\\") {
        if (at >= fragment.length) this.#escaped = true;
        at += 1;
      }
    }
  }

  // A comma waits in `held` for what follows it, because before a closing bracket it has to go.
  #structure(char: string): string {
    if (char === ",") {
      const before = this.#held;
      this.#held = char;
      return before;
    }
    if (this.#held !== "" && !notBlank.test(char)) {
      this.#held += char;
      return "";
    }
    const before = char === "}" || char === "]" ? this.#held.slice(1) : this.#held;
    this.#held = "";
    this.#nest(char);
    return before + char;
  }

  #nest(char: string): void {
    if (char === '"') this.#inString = true;
    else if (char === "{") this.#closers = `}${this.#closers}`;
    else if (char === "[") this.#closers = `]${this.#closers}`;
    else if (char === "}" || char === "]") {
      this.#closers = this.#closers.slice(1);
      if (this.#closers === "") this.#mode = "complete";
    }
  }
}

/** True when a text is a JSON object, so that it can stand as the input of a tool call. */
export function isJsonObject(text: string): boolean {
  return typeof parsed(text) === "object" && text.trimStart().startsWith("{");
}

/** Finds the object in arguments that are something else: JSON inside a string, a code fence, or nothing of use. */
function rescue(text: string): string {
  const value = parsed(text);
  const inner = typeof value === "string" ? value : text;
  const object = inner.slice(inner.indexOf("{"), inner.lastIndexOf("}") + 1);
  const wraps = value === undefined || typeof value === "string";
  return wraps && isJsonObject(object) ? object : "{}";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// Models write raw line ends into strings, which JSON forbids.
function escapeControls(text: string): string {
  return text.replace(/\p{Cc}/gu, (char) => JSON.stringify(char).slice(1, -1));
}
