const encoder = new TextEncoder();
/** UTF-8 takes at most so many bytes for one UTF-16 unit. */
const mostBytesPerUnit = 3;

/**
 * The bytes of `JSON.stringify(value)`, made a member and a list entry at a time. One letter outside Latin-1 makes a
 * JavaScript string twice as wide, and everything done with it slower: in pieces, only the piece that holds it pays.
 * Three times as fast on a long conversation. `value` is plain data, as `JSON.parse` gives it.
 */
export function encodeJson(value: object): Uint8Array {
  const pieces = membersOf(value);
  const units = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const bytes = new BytesWriter(units + (units >> 3));
  for (const piece of pieces) bytes.write(piece);
  return bytes.written();
}

function membersOf(value: object): string[] {
  const pieces: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const before = `${pieces.length === 0 ? "{" : ","}${JSON.stringify(key)}:`;
    if (Array.isArray(member) && member.length > 1) pushEntries(pieces, before, member);
    else pieces.push(before + JSON.stringify(member));
  }
  if (pieces.length === 0) return ["{}"];
  pieces.push("}");
  return pieces;
}

function pushEntries(pieces: string[], before: string, list: readonly unknown[]): void {
  for (const [index, entry] of list.entries()) {
    // As in JSON.stringify, an undefined entry is null.
    pieces.push((index === 0 ? `${before}[` : ",") + (JSON.stringify(entry) ?? "null"));
  }
  pieces.push("]");
}

/** Writes texts one after the other into a buffer that grows when it must. */
class BytesWriter {
  #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: number) {
    this.#bytes = new Uint8Array(bytes);
  }

  write(text: string): void {
    const free = this.#bytes.length - this.#at;
    const { read, written } = encoder.encodeInto(text, this.#bytes.subarray(this.#at));
    this.#at += written;
    if (read === text.length) return;
    const rest = text.slice(read);
    this.#grow(free + rest.length * mostBytesPerUnit);
    this.write(rest);
  }

  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  #grow(byBytes: number): void {
    const larger = new Uint8Array(this.#bytes.length + Math.max(byBytes, this.#bytes.length >> 1));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}
