import type { Dropped, Span } from "../dialect.ts";
import { fourBytes, JsonScanner } from "../../json/json-scanner.ts";
import type { Edit } from "../../messages/splice.ts";
import type { GatedField, MessagesPlatform, RequestPart } from "./platform.ts";
import { removeElements, type ListElement } from "../../messages/remove-elements.ts";
import { readBlock } from "./thinking-block.ts";

/** Where parts of a request stand in other parts, in lists or alone. Content within content ends at the inner one. */
const children: Readonly<Record<RequestPart, Readonly<Record<string, RequestPart>>>> = {
  request: {
    system: "block",
    tools: "tool",
    messages: "message",
    cache_control: "cache_control",
    context_management: "management",
  },
  message: { content: "block" },
  block: { content: "inner", cache_control: "cache_control" },
  inner: { cache_control: "cache_control" },
  tool: { cache_control: "cache_control" },
  management: { edits: "edit" },
  cache_control: {},
  edit: {},
};

export interface FieldCuts {
  readonly edits: readonly Edit[];
  readonly dropped: readonly Dropped[];
}

/** What decides about a cut beside the request: the platform, the betas it is told, and top-level fields that go in silence. */
export interface CutOptions {
  readonly platform: MessagesPlatform;
  readonly betas: readonly string[];
  readonly silent: ReadonlySet<string>;
}

const nothing: FieldCuts = { edits: [], dropped: [] };

/** The cuts that rid the request at `at` of what a platform takes only with a beta that it is not told. */
export function cutGatedFields(scanner: JsonScanner, at: number, options: CutOptions): FieldCuts {
  const { platform, silent } = options;
  if (platform.gatedFields.length + platform.gatedEdits.length + silent.size === 0) return nothing;
  const cutter = new FieldCutter(scanner, options);
  cutter.enter("request", { start: at, end: scanner.bytes.length });
  return cutter;
}

class FieldCutter implements FieldCuts {
  readonly edits: Edit[] = [];
  readonly dropped: Dropped[] = [];
  readonly #scanner: JsonScanner;
  readonly #options: CutOptions;
  /** Fields whose betas are missing, by the part that they stand in. */
  readonly #gates = new Map<string, GatedField>();
  /** Keys and indexes that lead to where it is; most are never told, so no text is made of them. */
  readonly #steps: (string | number)[] = [];

  constructor(scanner: JsonScanner, options: CutOptions) {
    this.#scanner = scanner;
    this.#options = options;
    for (const gate of options.platform.gatedFields) {
      if (!gate.betas.some((beta) => options.betas.includes(beta))) this.#gates.set(`${gate.in}.${gate.field}`, gate);
    }
  }

  /** Cuts within a value; true when nothing of it is left, so that it has to go itself. */
  enter(part: RequestPart, span: Span): boolean {
    const first = this.#scanner.byteAt(span.start);
    if (first === 0x7b) return this.#object(part, span);
    return first === 0x5b && this.#list(part, span);
  }

  #list(part: RequestPart, span: Span): boolean {
    const list: ListElement[] = [];
    let cuts = false;
    this.#scanner.elements(span.start, (element) => {
      this.#steps.push(list.length);
      const gone = part === "edit" ? this.#cutsEdit(element) : this.enter(part, element);
      this.#steps.pop();
      cuts ||= gone;
      list.push({ span: element, gone });
    });
    return cuts && this.#settle(list);
  }

  #object(part: RequestPart, span: Span): boolean {
    const list: ListElement[] = [];
    let cuts = false;
    let start = this.#scanner.skipSpace(span.start + 1);
    this.#scanner.members(span.start, (key, value) => {
      this.#steps.push(key);
      const gone = this.#cutsMember(part, key, value);
      this.#steps.pop();
      cuts ||= gone;
      list.push({ span: { start, end: value.end }, gone });
      start = this.#scanner.skipSpace(this.#scanner.skipSpace(value.end) + 1);
    });
    return cuts && this.#settle(list);
  }

  #settle(list: readonly ListElement[]): boolean {
    if (list.every(({ gone }) => gone)) return true;
    this.edits.push(...removeElements(list));
    return false;
  }

  #cutsMember(part: RequestPart, key: string, value: Span): boolean {
    if (part === "request" && this.#options.silent.has(key)) return true;
    const gate = this.#gates.get(`${part}.${key}`);
    if (gate !== undefined) return this.#drop(gate.reason ?? this.#onlyWith(gate.betas.join(" or ")));
    const child = Object.hasOwn(children[part], key) ? children[part][key] : undefined;
    if (child === undefined) return false;
    return child === "message" ? this.#messages(value) : this.enter(child, value);
  }

  /** Enters those messages alone in which the name of a gated field stands: a conversation is long, and few have one. */
  #messages(span: Span): boolean {
    const [one = 0, other = one, ...more] = this.#prefixesInMessages();
    if (one === 0) return false;
    if (more.length > 0 || this.#scanner.byteAt(span.start) !== 0x5b) return this.enter("message", span);
    const watcher = new JsonScanner(this.#scanner.bytes, [one, other]);
    const list: ListElement[] = [];
    let cuts = false;
    watcher.elements(span.start, (element) => {
      const seen = watcher.seen.length > 0;
      watcher.seen.length = 0;
      this.#steps.push(list.length);
      const gone = seen && this.enter("message", element);
      this.#steps.pop();
      cuts ||= gone;
      list.push({ span: element, gone });
    });
    return cuts && this.#settle(list);
  }

  #prefixesInMessages(): number[] {
    const inMessages = [...this.#gates.values()].filter((gate) => gate.in !== "request" && gate.in !== "tool");
    return [...new Set(inMessages.map(({ field }) => fourBytes(field)))];
  }

  #cutsEdit(span: Span): boolean {
    const { platform, betas } = this.#options;
    const { type } = readBlock(this.#scanner, span);
    const gate = platform.gatedEdits.find((edit) => type.startsWith(edit.type));
    return gate !== undefined && !betas.includes(gate.beta) && this.#drop(this.#onlyWith(gate.beta));
  }

  #onlyWith(beta: string): string {
    return `${this.#options.platform.title} takes it only with the beta ${beta}`;
  }

  #drop(reason: string): true {
    const path = this.#steps.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
    this.dropped.push({ path: path.slice(1), reason });
    return true;
  }
}
