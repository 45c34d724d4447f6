import { billingLine } from "../conversation/system-prompt.ts";
import type { Envelope, Span } from "../dialects/dialect.ts";
import { fourBytes, JsonScanner } from "../json/json-scanner.ts";
import { parseCountRequest } from "./parse-request.ts";
import { bytesPerToken, maxRoughBytes } from "./input-estimates.ts";
import { countInput, holdsBlock, isThinking, media, unlessBroken, type RequestContent } from "./request-content.ts";

const mediaPrefixes: readonly [number, number] = [fourBytes("imag"), fourBytes("docu")];

/** The content of a Messages request, found in its bytes; they are parsed only where there are media or very many of them. */
export class ScannedContent implements RequestContent {
  readonly #body: Uint8Array;
  readonly #envelope: Envelope;
  #madeScanner: JsonScanner | undefined;
  #images: boolean | undefined;
  #mayHoldMedia: boolean | undefined;
  #inputTokens: number | undefined;
  #request: { readonly read: ReturnType<typeof parseCountRequest> | undefined } | undefined;

  constructor(body: Uint8Array, envelope: Envelope) {
    this.#body = body;
    this.#envelope = envelope;
  }

  /** Nearly no request is asked for anything that takes one. */
  get #scanner(): JsonScanner {
    return (this.#madeScanner ??= new JsonScanner(this.#body));
  }

  get thinking(): boolean {
    const span = this.#envelope.spans.get("thinking");
    return span !== undefined && isThinking({ type: unlessBroken(() => this.#textsOf(span, ["type"])[0]) });
  }

  get images(): boolean {
    return (this.#images ??= this.#hasMedia() && holdsBlock(this.#whole()?.messages ?? [], ["image"]));
  }

  get inputTokens(): number {
    return (this.#inputTokens ??= this.#countInput());
  }

  get saysSubagent(): boolean {
    const span = this.#envelope.spans.get("system");
    const text = span === undefined ? undefined : unlessBroken(() => this.#firstText(span));
    return text !== undefined && namesSubagent.test(billingLine.exec(text)?.[0] ?? "");
  }

  #countInput(): number {
    const { bytes } = this.#envelope;
    if (bytes <= maxRoughBytes && !this.#hasMedia()) return Math.ceil(bytes / bytesPerToken);
    return countInput(this.#whole(), bytes);
  }

  #whole(): ReturnType<typeof parseCountRequest> | undefined {
    return (this.#request ??= { read: unlessBroken(() => parseCountRequest(this.#body)) }).read;
  }

  /** True when a string in the messages is the name of a kind of media: most requests have none, and are not parsed. */
  #hasMedia(): boolean {
    return (this.#mayHoldMedia ??= this.#findMedia());
  }

  #findMedia(): boolean {
    const span = this.#envelope.spans.get("messages");
    if (span === undefined) return false;
    const scanner = new JsonScanner(this.#body, mediaPrefixes);
    scanner.skipValue(span.start);
    return scanner.seen.some((start) => media.includes(scanner.text({ start, end: scanner.skipValue(start) })));
  }

  #firstText(system: Span): string | undefined {
    if (this.#scanner.byteAt(system.start) === quote) return this.#scanner.text(system);
    let text: string | undefined;
    let isFirst = true;
    if (this.#scanner.byteAt(system.start) !== openBracket) return undefined;
    this.#scanner.elements(system.start, (block) => {
      if (isFirst) [text] = this.#textsOf(block, ["text"]);
      isFirst = false;
    });
    return text;
  }

  /** The texts of these members of an object, as far as they are there and texts, in the order of `keys`. */
  #textsOf(object: Span, keys: readonly string[]): readonly string[] {
    if (this.#scanner.byteAt(object.start) !== openBrace) return [];
    const found = new Map<string, string>();
    this.#scanner.members(object.start, (key, value) => {
      if (keys.includes(key) && this.#scanner.byteAt(value.start) === quote) found.set(key, this.#scanner.text(value));
    });
    return keys.flatMap((key) => found.get(key) ?? []);
  }
}

const quote = 0x22;
const openBrace = 0x7b;
const openBracket = 0x5b;
const namesSubagent = /[\s;]cc_is_subagent=true(?:;|\s|$)/u;
