import type { ContentSink } from "../../conversation/content-sink.ts";
import { Scene } from "../../conversation/scene.ts";
import { openaiNames } from "../../conversation/wire-names.ts";
import { writeBlock } from "../../conversation/write-block.ts";
import { isLoose, parseJson } from "../../json/loose.ts";
import type { JsonScanner } from "../../json/json-scanner.ts";
import { checkBlock } from "../../messages/check-content.ts";
import type { CacheControl, ContentBlock } from "../../messages/content.ts";
import { removeElements, type ListElement } from "../../messages/remove-elements.ts";
import type { Edit } from "../../messages/splice.ts";
import type { Dropped, Span } from "../dialect.ts";
import type { BlockTypes } from "./platform.ts";
import { readMessage } from "./read-message.ts";
import { readBlock } from "./thinking-block.ts";

/** Edits of a request's messages, and what they take away. */
export interface FittedMessages {
  readonly edits: readonly Edit[];
  readonly dropped: readonly Dropped[];
}

type Taken = Pick<ReadonlySet<string>, "has">;

/** What a platform takes of a request's messages. */
export interface TakenBlocks {
  /** Missing where blocks of all types are taken. */
  readonly blocks: { readonly [Place in keyof BlockTypes]: Taken } | undefined;
  /** Where blocks begin that it takes no more than those of other types. */
  readonly foreign: ReadonlySet<number>;
}

/** The edits that put into words what a platform takes no blocks for. */
export function fitMessages(scanner: JsonScanner, messages: Span, taken: TakenBlocks): FittedMessages {
  const fitter = new MessageFitter(scanner, taken);
  let index = 0;
  scanner.elements(messages.start, (span) => {
    const { content } = readMessage(scanner, span);
    if (content !== undefined) fitter.fit(content, `messages[${index}].content`, taken.blocks?.inMessages);
    index += 1;
  });
  return { edits: fitter.edits, dropped: fitter.scene.drops.list() };
}

class MessageFitter {
  readonly edits: Edit[] = [];
  /** Nothing but text is wanted of it. */
  readonly scene = new Scene({
    toolNames: openaiNames,
    callId: (id) => id,
    images: false,
    imageUrls: false,
    pdfs: false,
    documentUrls: false,
    cacheMarks: "anywhere",
    webSearch: false,
    forcesTools: true,
    parallelSwitch: true,
    maxTools: undefined,
    maxToolDescription: undefined,
  });
  readonly #scanner: JsonScanner;
  readonly #taken: TakenBlocks;

  constructor(scanner: JsonScanner, taken: TakenBlocks) {
    this.#scanner = scanner;
    this.#taken = taken;
  }

  fit(content: Span, path: string, taken: Taken | undefined): void {
    if (this.#scanner.byteAt(content.start) !== 0x5b) return;
    const list: ListElement[] = [];
    this.#scanner.elements(content.start, (span) => {
      list.push({ span, gone: this.#fitBlock(span, `${path}[${list.length}]`, taken) });
    });
    if (list.length > 0 && list.every(({ gone }) => gone)) {
      this.edits.push({ span: content, text: '[{"type":"text","text":"[content omitted]"}]' });
    } else this.edits.push(...removeElements(list));
  }

  /** True when nothing of the block is left. */
  #fitBlock(span: Span, path: string, taken: Taken | undefined): boolean {
    const { type } = readBlock(this.#scanner, span);
    const isTaken = type === "" || taken === undefined || taken.has(type);
    if (!isTaken || this.#taken.foreign.has(span.start)) return this.#tell(span, path);
    if (type === "tool_result" && taken !== undefined) {
      this.#scanner.members(span.start, (key, value) => {
        if (key === "content") this.fit(value, `${path}.content`, this.#taken.blocks?.inResults);
      });
    }
    return false;
  }

  /** Puts a block into words. One that is at fault itself is left for the provider to refuse. */
  #tell(span: Span, path: string): boolean {
    const block = parseJson(new TextDecoder().decode(this.#scanner.bytes.subarray(span.start, span.end)));
    if (!isBlock(block)) return false;
    const words = new Words();
    writeBlock(block, words, { scene: this.scene, path: () => path });
    if (words.blocks.length === 0) return true;
    this.edits.push({ span, text: words.blocks.map((one) => JSON.stringify(one)).join(",") });
    return false;
  }
}

interface Word {
  readonly type: "text";
  readonly text: string;
  cache_control?: CacheControl;
}

class Words implements ContentSink {
  readonly blocks: Word[] = [];

  text(text: string): void {
    if (/\S/.test(text)) this.blocks.push({ type: "text", text });
  }

  media(): void {
    // The scene takes none, so that notes come in their place.
  }

  cacheMark(mark: CacheControl): void {
    const last = this.blocks.at(-1);
    if (last !== undefined) last.cache_control = mark;
  }
}

/** Holds because the check looks at every member of the known types, and unknown ones are only asked for their text. */
function isBlock(value: unknown): value is ContentBlock {
  return isLoose(value) && checkBlock(value) === undefined;
}
