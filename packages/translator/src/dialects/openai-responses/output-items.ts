import type { ToolNaming } from "../../conversation/tool-naming.ts";
import { isLoose, listOf, loose, stringOf } from "../../json/loose.ts";
import type { AnswerWriter, ToolCall } from "../../messages/answer-writer.ts";
import { sealReasoning } from "./reasoning-state.ts";
import type { MessageText } from "./message-text.ts";
import type { WebSearches } from "./web-searches.ts";
import type { WireEvent, WireItem, WirePart } from "./wire.ts";
import type { ReasoningDisplay } from "../../conversation/reasoning-display.ts";

/** Kinds of text that grow by deltas and are told again when they are whole. */
type Growing = "text" | "refusal" | "summary" | "raw";

interface Item {
  type: string | undefined;
  readonly id: string | undefined;
  /** How much of each part has been taken, by kind and index. */
  readonly taken: Map<string, number>;
  call: ToolCall | undefined;
  callId: string | undefined;
  name: string | undefined;
  /** Reasoning in the clear, as far as it came. */
  raw: string;
  thought: boolean;
  done: boolean;
}

/** What the items of one answer are written with. */
export interface ItemOptions {
  readonly writer: AnswerWriter;
  readonly naming: ToolNaming;
  readonly text: MessageText;
  readonly searches: WebSearches;
  readonly display: ReasoningDisplay;
}

/**
 * Reads the output items of an answer, from deltas, from what is told when a part or an item is whole, and from the
 * finished response: each text is written once, whichever of them it comes in and in whichever order.
 */
export class OutputItems {
  readonly #options: ItemOptions;
  readonly #byIndex = new Map<number, Item>();
  readonly #byId = new Map<string, Item>();
  #count = 0;
  #length = 0;

  constructor(options: ItemOptions) {
    this.#options = options;
  }

  /** Number of characters of reasoning and arguments so far, shown or not. */
  get length(): number {
    return this.#length;
  }

  /** Takes one piece of a text. */
  grow(event: WireEvent, kind: Growing): void {
    const delta = stringOf(event.delta);
    if (delta === undefined) return;
    const item = this.#itemOf(event, ownerOf(kind));
    const part = { kind, index: partIndex(event, kind), text: delta };
    // What comes late was told with the whole item.
    if (!item.done || !item.taken.has(keyOf(part))) this.#add(item, part);
  }

  /** Takes a text as a whole, of which pieces may have come before. */
  fill(event: WireEvent, kind: Growing): void {
    const whole = stringOf(kind === "refusal" ? event.refusal : event.text);
    if (whole === undefined) return;
    const item = this.#itemOf(event, ownerOf(kind));
    this.#complete(item, { kind, index: partIndex(event, kind), text: whole });
  }

  /** Takes a part of a message or summary that is whole. */
  fillPart(event: WireEvent): void {
    if (!isLoose<keyof WirePart>(event.part)) return;
    const kind = growingOf(event.part);
    if (kind === undefined) return;
    const item = this.#itemOf(event, ownerOf(kind));
    this.#completePart(item, event.part, partIndex(event, kind));
  }

  /** Takes a piece of a call's arguments, or all of them. */
  callInput(event: WireEvent): void {
    const item = this.#itemOf(event, "function_call");
    const call = this.#callOf(item);
    if (item.name === undefined) item.name = stringOf(event.name);
    const delta = stringOf(event.delta);
    if (delta !== undefined) this.#grow(item, call, delta);
    else this.#fillInput(item, call, event.arguments);
  }

  /** Takes the beginning of an item. */
  begin(event: WireEvent): void {
    const wire = loose<keyof WireItem>(event.item);
    const item = this.#itemOf(event, stringOf(wire.type), stringOf(wire.id));
    if (item.type === "function_call") this.#name(item, wire);
    if (item.type === "web_search_call") this.#options.text.hold();
  }

  /** Takes an item that is whole. */
  finish(event: WireEvent): void {
    const wire = loose<keyof WireItem>(event.item);
    this.#finish(this.#itemOf(event, stringOf(wire.type), stringOf(wire.id)), wire);
  }

  /** Takes the items of the finished response, most or all of which have come before. */
  finishAll(output: unknown): void {
    const items = listOf(output);
    // A server that numbers its items wrongly cannot be told which one is missing.
    const numbered = this.#byIndex.size === this.#count;
    for (const [index, value] of items.entries()) {
      if (!isLoose<keyof WireItem>(value)) continue;
      const known = this.#byId.get(stringOf(value.id) ?? "") ?? this.#byIndex.get(index);
      if (known !== undefined && known.type === stringOf(value.type)) this.#finish(known, value);
      else if (known === undefined && numbered) {
        this.#finish(this.#itemOf({ output_index: index }, stringOf(value.type), stringOf(value.id)), value);
      }
    }
    this.#options.text.release();
  }

  #itemOf(event: WireEvent, type: string | undefined, id = stringOf(event.item_id)): Item {
    const index = typeof event.output_index === "number" ? event.output_index : undefined;
    // Some servers give each event of an item another id, so its place counts first.
    const known =
      (index === undefined ? undefined : this.#byIndex.get(index)) ??
      (id === undefined ? undefined : this.#byId.get(id));
    if (known !== undefined && (known.type === type || type === undefined)) return known;
    const item: Item = {
      type,
      id,
      taken: new Map(),
      call: undefined,
      callId: undefined,
      name: undefined,
      raw: "",
      thought: false,
      done: false,
    };
    this.#count += 1;
    if (index !== undefined) this.#byIndex.set(index, item);
    if (id !== undefined) this.#byId.set(id, item);
    return item;
  }

  #finish(item: Item, wire: WireItem): void {
    if (item.done) return;
    item.done = true;
    if (item.type === "message") {
      this.#finishParts(item, wire.content);
      this.#options.text.release();
    } else if (item.type === "reasoning") this.#finishReasoning(item, wire);
    else if (item.type === "function_call") this.#finishCall(item, wire);
    else if (item.type === "web_search_call") {
      this.#options.text.hold();
      this.#options.searches.take(wire);
    }
  }

  #finishParts(item: Item, parts: unknown): void {
    for (const [index, part] of listOf(parts).entries()) {
      if (isLoose<keyof WirePart>(part)) this.#completePart(item, part, index);
    }
  }

  #completePart(item: Item, part: WirePart, index: number): void {
    const kind = growingOf(part);
    const text = kind === undefined ? undefined : stringOf(kind === "refusal" ? part.refusal : part.text);
    if (kind !== undefined && text !== undefined) this.#complete(item, { kind, index, text });
    for (const annotation of listOf(part.annotations)) this.#options.text.annotate(annotation);
  }

  #finishReasoning(item: Item, wire: WireItem): void {
    this.#finishParts(item, wire.summary);
    this.#finishParts(item, wire.content);
    const { display, writer } = this.#options;
    const encrypted = stringOf(wire.encrypted_content);
    if (display === "hidden" || (!item.thought && encrypted === undefined)) return;
    const id = stringOf(wire.id) ?? item.id ?? "";
    writer.signThinking(sealReasoning({ id, encrypted, raw: item.raw === "" ? undefined : item.raw }));
  }

  #finishCall(item: Item, wire: WireItem): void {
    const call = this.#callOf(item);
    this.#name(item, wire);
    this.#fillInput(item, call, wire.arguments);
    // The id that the next request must name may be missing for good; the name never goes without one.
    if (item.name !== undefined) call.name ??= this.#options.naming.nameOf(item.name);
    this.#options.writer.toolInput(call, item.taken.has("input") ? "" : "{}");
  }

  #callOf(item: Item): ToolCall {
    if (item.call !== undefined) return item.call;
    this.#options.text.release();
    item.call = this.#options.writer.tool();
    return item.call;
  }

  #name(item: Item, wire: WireItem): void {
    const call = this.#callOf(item);
    item.callId ??= stringOf(wire.call_id);
    item.name ??= stringOf(wire.name);
    if (item.callId === undefined || item.name === undefined || call.name !== undefined) return;
    call.id = this.#options.naming.idOf(item.callId);
    call.name = this.#options.naming.nameOf(item.name);
    this.#options.writer.toolInput(call, "");
  }

  #fillInput(item: Item, call: ToolCall, value: unknown): void {
    // Some servers give the arguments as the object that they should be the text of.
    const whole = isLoose(value) ? JSON.stringify(value) : stringOf(value);
    const taken = item.taken.get("input") ?? 0;
    if (whole !== undefined && whole.length > taken) this.#grow(item, call, whole.slice(taken));
  }

  #grow(item: Item, call: ToolCall, text: string): void {
    item.taken.set("input", (item.taken.get("input") ?? 0) + text.length);
    this.#length += text.length;
    this.#options.writer.toolInput(call, text);
  }

  #complete(item: Item, part: Piece): void {
    const taken = item.taken.get(keyOf(part)) ?? 0;
    if (part.text.length > taken) this.#add(item, { ...part, text: part.text.slice(taken) });
  }

  #add(item: Item, part: Piece): void {
    const key = keyOf(part);
    const taken = item.taken.get(key) ?? 0;
    item.taken.set(key, taken + part.text.length);
    if (part.kind === "text") this.#options.text.add(part.text);
    else if (part.kind === "refusal") this.#options.text.refuse(part.text);
    else this.#think(item, part, taken === 0);
  }

  #think(item: Item, part: Piece, isFirst: boolean): void {
    this.#length += part.text.length;
    const { display, writer, text } = this.#options;
    if (part.kind === "raw") item.raw += part.text;
    // A server that tells its reasoning both ways is shown by the summary, which is meant for reading.
    if (display === "hidden" || (part.kind === "raw" && item.taken.has("summary:0"))) return;
    text.flush();
    const separator = isFirst && item.thought ? "\n\n" : "";
    item.thought = true;
    writer.thinking(separator + part.text);
  }
}

interface Piece {
  readonly kind: Growing;
  readonly index: number;
  readonly text: string;
}

function ownerOf(kind: Growing): "reasoning" | "message" {
  return kind === "summary" || kind === "raw" ? "reasoning" : "message";
}

function keyOf({ kind, index }: Piece): string {
  return `${kind}:${index}`;
}

function partIndex(event: WireEvent, kind: Growing): number {
  const index = kind === "summary" ? event.summary_index : event.content_index;
  return typeof index === "number" ? index : 0;
}

function growingOf({ type, text, refusal }: WirePart): Growing | undefined {
  if (type === "summary_text") return "summary";
  if (type === "reasoning_text") return "raw";
  if (typeof refusal === "string") return "refusal";
  return typeof text === "string" ? "text" : undefined;
}
