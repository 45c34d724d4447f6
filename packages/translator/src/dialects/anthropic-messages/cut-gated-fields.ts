import type { Dropped, Span } from "../dialect.ts";
import type { JsonScanner } from "../../json/json-scanner.ts";
import type { Edit } from "../../messages/splice.ts";
import type { MessagesPlatform, RequestPart } from "./platform.ts";
import { removeElements, type ListElement } from "./remove-elements.ts";
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

/** The cuts that rid the request at `at` of what a platform takes only with a beta that it is not told. */
export function cutGatedFields(scanner: JsonScanner, at: number, options: CutOptions): FieldCuts {
  const cutter = new FieldCutter(scanner, options);
  cutter.enter("request", { start: at, end: scanner.bytes.length }, "");
  return cutter;
}

class FieldCutter implements FieldCuts {
  readonly edits: Edit[] = [];
  readonly dropped: Dropped[] = [];
  readonly #scanner: JsonScanner;
  readonly #options: CutOptions;

  constructor(scanner: JsonScanner, options: CutOptions) {
    this.#scanner = scanner;
    this.#options = options;
  }

  /** Cuts within a value; true when nothing of it is left, so that it has to go itself. */
  enter(part: RequestPart, span: Span, path: string): boolean {
    const first = this.#scanner.byteAt(span.start);
    if (first === 0x7b) return this.#object(part, span, path);
    return first === 0x5b && this.#list(part, span, path);
  }

  #list(part: RequestPart, span: Span, path: string): boolean {
    const list: ListElement[] = [];
    this.#scanner.elements(span.start, (element) => {
      const at = `${path}[${list.length}]`;
      const gone = part === "edit" ? this.#cutsEdit(element, at) : this.enter(part, element, at);
      list.push({ span: element, gone });
    });
    return this.#settle(list);
  }

  #object(part: RequestPart, span: Span, path: string): boolean {
    const list: ListElement[] = [];
    let start = this.#scanner.skipSpace(span.start + 1);
    this.#scanner.members(span.start, (key, value) => {
      const at = path === "" ? key : `${path}.${key}`;
      const child = Object.hasOwn(children[part], key) ? children[part][key] : undefined;
      const gone = this.#cutsField(part, key, at) || (child !== undefined && this.enter(child, value, at));
      list.push({ span: { start, end: value.end }, gone });
      start = this.#scanner.skipSpace(this.#scanner.skipSpace(value.end) + 1);
    });
    return this.#settle(list);
  }

  #settle(list: readonly ListElement[]): boolean {
    if (list.length > 0 && list.every(({ gone }) => gone)) return true;
    this.edits.push(...removeElements(list));
    return false;
  }

  #cutsField(part: RequestPart, key: string, path: string): boolean {
    const { platform, betas, silent } = this.#options;
    if (part === "request" && silent.has(key)) return true;
    const gate = platform.gatedFields.find((field) => field.in === part && field.field === key);
    if (gate === undefined || gate.betas.some((beta) => betas.includes(beta))) return false;
    this.dropped.push({ path, reason: `${platform.title} takes it only with the beta ${gate.betas.join(" or ")}` });
    return true;
  }

  #cutsEdit(span: Span, path: string): boolean {
    const { platform, betas } = this.#options;
    const { type } = readBlock(this.#scanner, span);
    const gate = platform.gatedEdits.find((edit) => type.startsWith(edit.type));
    if (gate === undefined || betas.includes(gate.beta)) return false;
    this.dropped.push({ path, reason: `${platform.title} takes it only with the beta ${gate.beta}` });
    return true;
  }
}
