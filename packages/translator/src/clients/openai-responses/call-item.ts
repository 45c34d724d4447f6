import type { BlockDelta } from "../../messages/events.ts";
import { isJsonObject } from "../../messages/tool-input.ts";
import { customInputOf } from "../shared/tool-input.ts";
import type { EventWriter } from "./event-writer.ts";
import { naming, type ItemPlace, type OutputItem } from "./output-item.ts";
import type { ToolIdentity } from "./tool-names.ts";

/** A call of a tool, in the client's own name for it. */
export interface CalledTool extends ToolIdentity {
  readonly callId: string;
}

/** A call whose arguments are a JSON object, told as they come. */
export class FunctionCallItem implements OutputItem {
  readonly #writer: EventWriter;
  readonly #place: ItemPlace;
  readonly #tool: CalledTool;
  readonly #naming: string;
  readonly #growth: (json: string) => string;
  #args = "";

  constructor(writer: EventWriter, place: ItemPlace, tool: CalledTool) {
    this.#writer = writer;
    this.#place = place;
    this.#tool = tool;
    this.#naming = naming(place);
    this.#growth = writer.growth("response.function_call_arguments.delta", `${this.#naming}"delta":`);
  }

  start(): string {
    const item = this.#item("in_progress", "");
    return this.#writer.event("response.output_item.added", { output_index: this.#place.index, item });
  }

  take(delta: BlockDelta): string {
    return delta.type === "input_json_delta" && delta.partial_json !== "" ? this.#grow(delta.partial_json) : "";
  }

  end(): string {
    const empty = this.#args === "" ? this.#grow("{}") : "";
    const fields = `${this.#naming}"arguments":${JSON.stringify(this.#args)}}`;
    return empty + this.#writer.raw("response.function_call_arguments.done", fields);
  }

  /** Arguments that the token limit cut off are no JSON, and such a call must not run. */
  item(): string {
    return JSON.stringify(this.#item(isJsonObject(this.#args) ? "completed" : "incomplete", this.#args));
  }

  #grow(json: string): string {
    this.#args += json;
    return this.#growth(json);
  }

  #item(status: string, args: string): object {
    const { callId, name, namespace } = this.#tool;
    const space = namespace === undefined ? {} : { namespace };
    return { id: this.#place.id, type: "function_call", status, arguments: args, call_id: callId, name, ...space };
  }
}

/** A call of a custom tool, whose one text is told once it is whole, because it comes wrapped in JSON. */
export class CustomCallItem implements OutputItem {
  readonly #writer: EventWriter;
  readonly #place: ItemPlace;
  readonly #tool: CalledTool;
  #args = "";

  constructor(writer: EventWriter, place: ItemPlace, tool: CalledTool) {
    this.#writer = writer;
    this.#place = place;
    this.#tool = tool;
  }

  start(): string {
    const item = this.#item("in_progress", "");
    return this.#writer.event("response.output_item.added", { output_index: this.#place.index, item });
  }

  take(delta: BlockDelta): string {
    if (delta.type === "input_json_delta") this.#args += delta.partial_json;
    return "";
  }

  end(): string {
    const input = JSON.stringify(customInputOf(this.#args));
    const name = naming(this.#place);
    return (
      this.#writer.raw("response.custom_tool_call_input.delta", `${name}"delta":${input}}`) +
      this.#writer.raw("response.custom_tool_call_input.done", `${name}"input":${input}}`)
    );
  }

  item(): string {
    return JSON.stringify(this.#item(isJsonObject(this.#args) ? "completed" : "incomplete", customInputOf(this.#args)));
  }

  #item(status: string, input: string): object {
    const { callId, name, namespace } = this.#tool;
    const space = namespace === undefined ? {} : { namespace };
    return { id: this.#place.id, type: "custom_tool_call", status, call_id: callId, input, name, ...space };
  }
}
