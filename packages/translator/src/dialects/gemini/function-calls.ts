import type { AnswerWriter, ToolCall } from "../../messages/answer-writer.ts";
import { isLoose, stringOf, type Loose } from "../../json/loose.ts";
import { restoreNumbers } from "./exact-numbers.ts";
import { PartialArguments } from "./partial-arguments.ts";

/** What tool calls of one answer are named and numbered by. */
export interface CallNaming {
  nameOf(wireName: string): string;
  idOf(wireId: string): string;
}

export type WireCall = Loose<"id" | "name" | "args" | "partialArgs" | "willContinue">;

interface OpenCall {
  readonly call: ToolCall;
  readonly id: string | undefined;
  readonly name: string;
  readonly args: PartialArguments;
}

/** Writes function calls: whole ones as they come, streamed ones once their last piece is there. */
export class FunctionCalls {
  readonly #writer: AnswerWriter;
  readonly #naming: CallNaming;
  readonly #ids = new Set<string>();
  #open: OpenCall | undefined;

  constructor(writer: AnswerWriter, naming: CallNaming) {
    this.#writer = writer;
    this.#naming = naming;
  }

  /** True when this is more of the call that is on its way, and not another one. */
  continues({ id, name }: WireCall): boolean {
    if (this.#open === undefined) return false;
    const sameName = stringOf(name) === undefined || name === this.#open.name;
    const sameId = stringOf(id) === undefined || this.#open.id === undefined || id === this.#open.id;
    return sameName && sameId;
  }

  /** True for a call that came before, under the same id. */
  repeats({ id }: WireCall): boolean {
    return typeof id === "string" && this.#ids.has(id) && id !== this.#open?.id;
  }

  /** Takes one call, or a piece of one; gives the number of characters of arguments in it. */
  take(wire: WireCall): number {
    if (!this.continues(wire)) {
      this.finish();
      this.#begin(wire);
    }
    if (this.#open === undefined) return 0;
    if (isLoose(wire.args)) this.#open.args.merge(wire.args);
    this.#open.args.take(wire.partialArgs);
    return wire.willContinue === true ? 0 : this.finish();
  }

  /** Closes the call that is on its way; gives the number of characters of its arguments. */
  finish(): number {
    if (this.#open === undefined) return 0;
    const { call, args } = this.#open;
    this.#open = undefined;
    const input = restoreNumbers(args.json());
    this.#writer.toolInput(call, input);
    return input.length;
  }

  /** Leaves an unfinished call unfinished: a cut at the token limit took the rest of its arguments. */
  abandon(): void {
    this.#open = undefined;
  }

  #begin(wire: WireCall): void {
    const name = stringOf(wire.name);
    if (name === undefined) return;
    const id = stringOf(wire.id);
    const call = this.#writer.tool();
    call.name = this.#naming.nameOf(name);
    if (id !== undefined) {
      this.#ids.add(id);
      call.id = this.#naming.idOf(id);
    }
    this.#open = { call, id, name, args: new PartialArguments() };
  }
}
