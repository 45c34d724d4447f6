import type { BlockDelta, BlockStart, StreamEvent } from "./events.ts";

const deltasOf: Readonly<Record<BlockStart["type"], readonly BlockDelta["type"][]>> = {
  text: ["text_delta", "citations_delta"],
  thinking: ["thinking_delta", "signature_delta"],
  redacted_thinking: [],
  tool_use: ["input_json_delta"],
  server_tool_use: ["input_json_delta"],
  web_search_tool_result: [],
  compaction: ["compaction_delta"],
};

/**
 * Says what is wrong with a sequence of events, or undefined: `message_start`, then blocks with gapless rising indices,
 * one open at a time, then one `message_delta` and `message_stop`; or an `error` at any point, which ends it.
 */
export function findGrammarFault(events: Iterable<StreamEvent>): string | undefined {
  const grammar = new Grammar();
  let position = 0;
  for (const event of events) {
    const fault = grammar.take(event);
    if (fault !== undefined) return `event ${position}: ${fault}`;
    position += 1;
  }
  return grammar.complete ? undefined : `after event ${position - 1}: the stream ends without message_stop or error`;
}

class Grammar {
  #place: "before" | "inside" | "ended" | "over" = "before";
  #blocks = 0;
  #open: { readonly index: number; readonly type: BlockStart["type"]; signed: boolean } | undefined;

  get complete(): boolean {
    return this.#place === "over";
  }

  take(event: StreamEvent): string | undefined {
    if (event.type === "ping") return undefined;
    if (this.#place === "over") return `${event.type} after the end`;
    if (event.type === "error") {
      this.#place = "over";
      return undefined;
    }
    if (event.type === "message_start") return this.#start();
    if (this.#place === "before") return `${event.type} before message_start`;
    if (event.type === "message_stop") return this.#stop();
    if (this.#place === "ended") return `${event.type} after message_delta`;
    return this.#inside(event);
  }

  #start(): string | undefined {
    if (this.#place !== "before") return "a second message_start";
    this.#place = "inside";
    return undefined;
  }

  #stop(): string | undefined {
    if (this.#place !== "ended") return "message_stop without message_delta";
    this.#place = "over";
    return undefined;
  }

  #inside(
    event: Exclude<StreamEvent, { type: "ping" | "error" | "message_start" | "message_stop" }>,
  ): string | undefined {
    switch (event.type) {
      case "content_block_start":
        return this.#begin(event.index, event.content_block);
      case "content_block_delta":
        return this.#delta(event.index, event.delta);
      case "content_block_stop":
        return this.#end(event.index);
      case "message_delta":
        if (this.#open !== undefined) return `message_delta while block ${this.#open.index} is open`;
        this.#place = "ended";
        return undefined;
      default:
        return `${String(event)} is no event`;
    }
  }

  #begin(index: number, block: BlockStart): string | undefined {
    if (this.#open !== undefined) return `start of block ${index}, but block ${this.#open.index} is open`;
    if (index !== this.#blocks) return `start of block ${index}, but block ${this.#blocks} is next`;
    if (block.type === "tool_use" && (block.name === "" || !/^[a-zA-Z0-9_-]+$/.test(block.id))) {
      return `tool call ${JSON.stringify(block.name)} with the id ${JSON.stringify(block.id)}`;
    }
    this.#blocks += 1;
    this.#open = { index, type: block.type, signed: false };
    return undefined;
  }

  #delta(index: number, delta: BlockDelta): string | undefined {
    const open = this.#open;
    if (open?.index !== index) {
      return `delta for block ${index}, but ${open === undefined ? "no block" : `block ${open.index}`} is open`;
    }
    if (!deltasOf[open.type].includes(delta.type)) return `${delta.type} in a ${open.type} block`;
    if (open.signed) return `${delta.type} after the signature of block ${index}`;
    open.signed = delta.type === "signature_delta";
    return undefined;
  }

  #end(index: number): string | undefined {
    if (this.#open?.index !== index) return `stop of block ${index}, which is not open`;
    if (this.#open.type === "thinking" && !this.#open.signed) return `block ${index} is thinking without a signature`;
    this.#open = undefined;
    return undefined;
  }
}
