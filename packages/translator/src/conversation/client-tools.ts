import { isRecord } from "../json/is-record.ts";
import type { Tool } from "../messages/request.ts";
import type { JsonSchema } from "./schema.ts";

/** What Claude knows by training of a tool that the client runs and other models must be told. */
export interface ClientTool {
  readonly description: string;
  readonly parameters: JsonSchema;
}

const text = (description: string): JsonSchema => ({ type: "string", description });
const integer = (description: string): JsonSchema => ({ type: "integer", description });
const point = (description: string): JsonSchema => ({
  type: "array",
  items: { type: "integer" },
  minItems: 2,
  maxItems: 2,
  description,
});
const oneOf = (...values: readonly string[]): JsonSchema => ({ type: "string", enum: values });
const object = (properties: JsonSchema, ...required: readonly string[]): JsonSchema => ({
  type: "object",
  properties,
  required,
});

const bash: ClientTool = {
  description: "Runs a command in a bash shell that keeps its state between calls.",
  parameters: object({
    command: text("The command to run. Required unless the shell is to be restarted."),
    restart: { type: "boolean", description: "True restarts the shell instead." },
  }),
};

const viewRange: JsonSchema = {
  type: "array",
  items: { type: "integer" },
  description: "For view: first and last line, counted from 1; a last line of -1 means the end of the file.",
};

function textEditor(type: string): ClientTool {
  const early = type.endsWith("20241022") || type.endsWith("20250124");
  const commands = ["view", "create", "str_replace", "insert", ...(early ? ["undo_edit"] : [])];
  const inserted = text("For insert: the text to insert.");
  return {
    description: "Views, creates and edits text files.",
    parameters: object(
      {
        command: oneOf(...commands),
        path: text("Path of the file, or for view also of a directory."),
        view_range: viewRange,
        file_text: text("For create: the content of the new file."),
        old_str: text("For str_replace: the text to replace. It must occur exactly once."),
        new_str: text(`For str_replace: the text in its place.${early ? " For insert: the text to insert." : ""}`),
        insert_line: integer("For insert: the line after which to insert; 0 is the beginning of the file."),
        ...(early ? {} : { insert_text: inserted }),
      },
      "command",
      "path",
    ),
  };
}

const memory: ClientTool = {
  description: "Keeps notes in files under /memories that outlive this conversation.",
  parameters: object(
    {
      command: oneOf("view", "create", "str_replace", "insert", "delete", "rename"),
      path: text("Path under /memories; not used by rename."),
      view_range: viewRange,
      file_text: text("For create: the content of the new file."),
      old_str: text("For str_replace: the text to replace. It must occur exactly once."),
      new_str: text("For str_replace: the text in its place."),
      insert_line: integer("For insert: the line after which to insert; 0 is the beginning of the file."),
      insert_text: text("For insert: the text to insert."),
      old_path: text("For rename: the present path."),
      new_path: text("For rename: the new path."),
    },
    "command",
  ),
};

const firstActions = ["key", "type", "mouse_move", "left_click", "left_click_drag", "right_click", "middle_click"];
const screenActions = ["double_click", "screenshot", "cursor_position"];
const laterActions = ["left_mouse_down", "left_mouse_up", "scroll", "hold_key", "wait", "triple_click"];

function computer(type: string, tool: Tool): ClientTool {
  const first = type.endsWith("20241022");
  const zoom = tool["enable_zoom"] === true;
  const actions = [...firstActions, ...screenActions, ...(first ? [] : laterActions), ...(zoom ? ["zoom"] : [])];
  const size = `${String(tool["display_width_px"])} by ${String(tool["display_height_px"])} pixels`;
  return {
    description: `Looks at a screen of ${size} and works its mouse and keyboard. Take a screenshot first.`,
    parameters: object(
      {
        action: oneOf(...actions),
        coordinate: point("x from the left and y from the top edge, in pixels."),
        text: text("For type: the text. For key and hold_key: the keys, as in ctrl+s."),
        start_coordinate: point("For left_click_drag: where it starts."),
        ...(first ? {} : laterParameters),
        ...(zoom
          ? { region: { type: "array", items: { type: "integer" }, description: "For zoom: x0, y0, x1, y1." } }
          : {}),
      },
      "action",
    ),
  };
}

const laterParameters: JsonSchema = {
  scroll_direction: oneOf("up", "down", "left", "right"),
  scroll_amount: integer("For scroll: the number of clicks of the wheel."),
  duration: { type: "number", description: "For hold_key and wait: seconds." },
};

/**
 * Description and schema of a tool that Anthropic defines and the client runs, by its dated type; undefined for others.
 * Source: Anthropic docs on the bash, text editor, memory and computer use tools; `BetaMemoryTool20250818Command`
 * in anthropic-sdk-typescript.
 */
export function clientTool(type: string, tool: Tool): ClientTool | undefined {
  if (type.startsWith("bash_2")) return bash;
  if (type.startsWith("text_editor_2")) return textEditor(type);
  if (type.startsWith("memory_2")) return memory;
  if (type.startsWith("computer_2")) return computer(type, tool);
  if (isRecord(tool.input_schema)) return { description: "", parameters: tool.input_schema };
  return undefined;
}
