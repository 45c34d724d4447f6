import type { ToolNaming } from "../../conversation/tool-naming.ts";
import type { AnswerWriter, ToolCall } from "../../messages/answer-writer.ts";
import { listOf, loose, stringOf } from "../../json/loose.ts";
import type { WireDelta, WireToolCall } from "./wire.ts";

interface Known {
  readonly call: ToolCall;
  id: string | undefined;
  name: string | undefined;
}

interface Fragment {
  readonly index: number | undefined;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly text: string;
}

/**
 * Finds out which call each fragment belongs to. Servers leave out the index, repeat ids and names in every fragment,
 * send several calls under index 0, or the id only later; a call is new when what it brings cannot belong to the last one.
 */
export class ToolCalls {
  readonly #writer: AnswerWriter;
  readonly #naming: ToolNaming;
  readonly #byIndex = new Map<number, Known>();
  readonly #byId = new Map<string, Known>();
  #last: Known | undefined;

  constructor(writer: AnswerWriter, naming: ToolNaming) {
    this.#writer = writer;
    this.#naming = naming;
  }

  /** Takes the calls of one delta or message; gives the number of characters of arguments in it. */
  take(delta: WireDelta): number {
    let length = 0;
    let withoutKey = 0;
    for (const item of listOf(delta.tool_calls)) {
      const fragment = readFragment(loose(item));
      const keyless = fragment.index === undefined && fragment.id === undefined;
      // Two entries of one list are never the same call.
      const beside = keyless && withoutKey++ > 0 && fragment.name !== undefined;
      length += this.#put(fragment, beside);
    }
    if (delta.function_call) length += this.#put(readFragment({ function: delta.function_call }), false);
    return length;
  }

  #put(fragment: Fragment, beside: boolean): number {
    let known = beside ? undefined : this.#find(fragment);
    if (known !== undefined && startsAnother(known, fragment)) known = undefined;
    known ??= { call: this.#writer.tool(), id: undefined, name: undefined };
    this.#learn(known, fragment);
    this.#writer.toolInput(known.call, fragment.text);
    return fragment.text.length;
  }

  #find({ index, id }: Fragment): Known | undefined {
    if (index !== undefined) return this.#byIndex.get(index);
    return id === undefined || this.#last?.id === undefined ? this.#last : this.#byId.get(id);
  }

  #learn(known: Known, { index, id, name }: Fragment): void {
    if (id !== undefined && known.id === undefined) {
      known.id = id;
      known.call.id ??= this.#naming.idOf(id);
    }
    if (name !== undefined && known.name === undefined) {
      known.name = name;
      known.call.name = this.#naming.nameOf(name);
    }
    if (index !== undefined) this.#byIndex.set(index, known);
    if (id !== undefined) this.#byId.set(id, known);
    this.#last = known;
  }
}

// A new id alone is not enough: some servers make one up for every fragment. A new call also brings its name.
function startsAnother(known: Known, { id, name, text }: Fragment): boolean {
  const whole = known.call.input.complete;
  if (id !== undefined && known.id !== undefined && id !== known.id) return name !== undefined || whole;
  if (name === undefined || known.name === undefined) return false;
  return whole && (name !== known.name || text.trimStart().startsWith("{"));
}

function readFragment(call: WireToolCall): Fragment {
  const { name, arguments: input } = loose<"name" | "arguments">(call.function);
  return {
    index: typeof call.index === "number" ? call.index : undefined,
    id: stringOf(call.id),
    name: stringOf(name),
    text: typeof input === "string" ? input : isEmpty(input) ? "" : JSON.stringify(input),
  };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null;
}
