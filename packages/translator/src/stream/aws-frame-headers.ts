/** What the headers of a frame say. `exception` is set when it carries no event but a failure. */
export interface FrameHeaders {
  readonly event: string | undefined;
  readonly exception: string | undefined;
  readonly message: string | undefined;
}

/** Sizes of header values by type: booleans, byte, short, int, long, (two with a length of their own), time, UUID. */
const fixedSizes: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];
const stringType = 7;

/**
 * Reads the headers of frames. Most frames of a stream have the very same ones, which are read once.
 * Source: Smithy specification, "Amazon Event Stream", "Headers".
 */
export class AwsFrameHeaders {
  readonly #text = new TextDecoder();
  #lastBytes = new Uint8Array(0);
  #last: FrameHeaders | undefined;

  /** Undefined when the bytes are no headers. */
  read(bytes: Uint8Array): FrameHeaders | undefined {
    if (this.#last !== undefined && equal(bytes, this.#lastBytes)) return this.#last;
    const values = this.#values(bytes);
    if (values === undefined) return undefined;
    this.#lastBytes = bytes.slice();
    this.#last = {
      event: values.get(":event-type"),
      exception: exceptionIn(values),
      message: values.get(":error-message"),
    };
    return this.#last;
  }

  #values(bytes: Uint8Array): Map<string, string> | undefined {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const values = new Map<string, string>();
    let at = 0;
    while (at < bytes.length) {
      const nameEnd = at + 1 + (bytes[at] ?? 0);
      const type = bytes[nameEnd];
      if (type === undefined) return undefined;
      const name = this.#text.decode(bytes.subarray(at + 1, nameEnd));
      const fixed = fixedSizes[type];
      if (fixed === undefined && (type > stringType || nameEnd + 3 > bytes.length)) return undefined;
      const start = fixed === undefined ? nameEnd + 3 : nameEnd + 1;
      const end = start + (fixed ?? view.getUint16(nameEnd + 1));
      if (end > bytes.length) return undefined;
      if (type === stringType) values.set(name, this.#text.decode(bytes.subarray(start, end)));
      at = end;
    }
    return values;
  }
}

function exceptionIn(values: ReadonlyMap<string, string>): string | undefined {
  switch (values.get(":message-type")) {
    case "exception":
      return values.get(":exception-type") ?? "unknown";
    case "error":
      return values.get(":error-code") ?? "unknown";
    default:
      return undefined;
  }
}

function equal(first: Uint8Array, second: Uint8Array): boolean {
  if (first.length !== second.length) return false;
  for (let index = 0; index < first.length; index++) if (first[index] !== second[index]) return false;
  return true;
}
