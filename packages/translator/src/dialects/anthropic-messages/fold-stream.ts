import { isRecord } from "../../json/is-record.ts";
import { decodeSse } from "../../stream/sse.ts";

/** A whole answer made of a stream, with everything that this package does not know still in it. */
export type Folded =
  | { readonly state: "complete"; readonly message: Json }
  | { readonly state: "broken"; readonly error: unknown }
  | { readonly state: "truncated" | "foreign" };

type Json = Record<string, unknown>;

/** Folds the events of a stream into the answer that would have come without streaming. */
export function foldStream(body: Uint8Array): Folded {
  const sse = decodeSse();
  const fold = new Fold();
  for (const frames of [sse.push(body), sse.end()]) {
    for (const { data } of frames) {
      const event = parse(data);
      if (!isRecord(event)) continue;
      if (event["type"] === "error" || event["error"] !== undefined) return { state: "broken", error: event };
      fold.take(event);
    }
  }
  return fold.result();
}

class Fold {
  #message: Json | undefined;
  #done = false;
  readonly #blocks: Json[] = [];
  /** Tool inputs by block, as the text that they arrive in. */
  readonly #inputs = new Map<number, string>();

  take(event: Readonly<Json>): void {
    const { type, index } = event;
    const at = typeof index === "number" ? index : -1;
    if (type === "message_start" && isRecord(event["message"])) this.#message ??= { ...event["message"] };
    else if (type === "content_block_start" && isRecord(event["content_block"]) && at >= 0 && at < 10_000) {
      this.#blocks[at] = { ...event["content_block"] };
    } else if (type === "content_block_delta" && isRecord(event["delta"])) this.#grow(at, event["delta"]);
    else if (type === "message_delta") this.#finish(event);
  }

  result(): Folded {
    if (this.#message === undefined) return { state: "foreign" };
    if (!this.#done) return { state: "truncated" };
    for (const [index, text] of this.#inputs) {
      const block = this.#blocks[index];
      if (block !== undefined) block["input"] = parse(text === "" ? "{}" : text) ?? {};
    }
    return { state: "complete", message: { ...this.#message, content: this.#blocks.filter(isRecord) } };
  }

  #grow(index: number, delta: Readonly<Json>): void {
    const block = this.#blocks[index];
    if (block === undefined) return;
    switch (delta["type"]) {
      case "text_delta":
        block["text"] = textOf(block["text"]) + textOf(delta["text"]);
        break;
      case "thinking_delta":
        block["thinking"] = textOf(block["thinking"]) + textOf(delta["thinking"]);
        break;
      case "signature_delta":
        block["signature"] = delta["signature"];
        break;
      case "input_json_delta":
        this.#inputs.set(index, (this.#inputs.get(index) ?? "") + textOf(delta["partial_json"]));
        break;
      case "citations_delta":
        block["citations"] = [...(Array.isArray(block["citations"]) ? block["citations"] : []), delta["citation"]];
        break;
      default:
    }
  }

  #finish(event: Readonly<Json>): void {
    const { delta, usage, type: _type, ...rest } = event;
    const known = this.#message;
    if (known === undefined) return;
    this.#done = true;
    const counted = isRecord(usage) ? Object.entries(usage).filter(([, value]) => value !== null) : [];
    const before = isRecord(known["usage"]) ? known["usage"] : {};
    Object.assign(known, rest, isRecord(delta) ? delta : {}, { usage: { ...before, ...Object.fromEntries(counted) } });
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
