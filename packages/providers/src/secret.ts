const hidden = "[secret]";

/** A credential that cannot be printed: text, JSON and inspection all say `[secret]`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The credential itself. Call it only where the header is made. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [Symbol.toPrimitive](): string {
    return hidden;
  }

  // The registered symbol that Node, Deno and Bun ask before they print an object.
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return hidden;
  }
}
