import { offerTools } from "../../conversation/offered-tools.ts";
import { readModelName } from "../../conversation/read-model-name.ts";
import { reportFields } from "../../conversation/report-fields.ts";
import { writeSystemPrompt } from "../../conversation/system-prompt.ts";
import { asksOnlyForSearch } from "../../conversation/tool-choice.ts";
import { wantedFormat } from "../../conversation/wanted-format.ts";
import { TranslatorError } from "../../errors.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import type { Dropped } from "../dialect.ts";
import { isCacheControl } from "./cache-control.ts";
import { ConverseContent } from "./content.ts";
import type { ConverseMessage, ConverseRequest, OutputConfig } from "./converse-request.ts";
import { encodeEnding } from "./ending.ts";
import { encodeHistory } from "./history.ts";
import { encodeParameters } from "./parameters.ts";
import type { ConverseProfile } from "./profile.ts";
import { encodeReasoning } from "./reasoning.ts";
import { ConverseScene } from "./scene.ts";
import { encodeTools, toolConfig } from "./tool-config.ts";

/** A request in the dialect of Converse and what is needed to read its answer. */
export interface EncodedConverse {
  readonly body: ConverseRequest;
  readonly dropped: readonly Dropped[];
  /** The client's names of tools by their name on the wire; only those that differ are in it. */
  readonly toolNames: ReadonlyMap<string, string>;
  /** True when the client wants nothing but a web search, which this dialect cannot make. */
  readonly unavailableSearch: boolean;
}

/** A model and what it takes. */
export interface ConverseTarget {
  readonly model: string;
  readonly profile: ConverseProfile;
}

/**
 * Writes a Messages request as one of Converse, for a model of which `profile` tells what it takes. The same request
 * gives the same bytes, and one turn's bytes begin the next one's. Throws {@link TranslatorError} for a file in
 * Anthropic's store and for nesting without end; all else that cannot be said is in `dropped`.
 */
export function encodeConverseRequest(request: MessagesRequest, target: ConverseTarget): EncodedConverse {
  try {
    return encode(request, target);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TranslatorError("invalid-request", "The request body is nested too deeply", { cause: error });
  }
}

function encode(request: MessagesRequest, { model, profile }: ConverseTarget): EncodedConverse {
  const scene = new ConverseScene(profile, readModelName(model).name);
  const offered = offerTools(request, scene);
  const tools = encodeTools(request, offered, scene);
  const system = encodeSystem(request, scene);
  const history = encodeHistory(request, scene);
  const facts = { forcedTool: tools.forced, thinkingLost: lacksThinking(history) };
  const reasoning = encodeReasoning(request, facts, scene);
  const messages = encodeEnding(marked(history, request, scene), { thinks: reasoning.thinks, scene });
  const config = toolConfig(tools, messages);
  const body: ConverseRequest = {
    ...encodeParameters(request, { model, reasoning, scene }),
    ...encodeFormat(request, scene),
    ...(config === undefined ? {} : { toolConfig: config }),
    ...(system.length === 0 ? {} : { system }),
    messages,
  };
  const { cache_control: _taken, ...rest } = request;
  reportFields(rest, scene);
  return {
    body,
    dropped: scene.drops.list(),
    toolNames: scene.names.renamed(),
    unavailableSearch: asksOnlyForSearch(request, offered),
  };
}

function encodeSystem(request: MessagesRequest, scene: ConverseScene): NonNullable<ConverseRequest["system"]> {
  const content = new ConverseContent(scene, "system");
  writeSystemPrompt(request, content, scene);
  return content.blocks.flatMap((block) => ("text" in block || "cachePoint" in block ? [block] : []));
}

/** Claude, told to think, wants a turn with calls to begin with the thinking that led to them. */
function lacksThinking(messages: readonly ConverseMessage[]): boolean {
  const last = messages.findLast(({ role }) => role === "assistant");
  const works = last?.content.some((block) => "toolUse" in block) === true;
  const first = last?.content[0];
  const open = messages.at(-1)?.content.some((block) => "toolResult" in block) === true;
  return works && open && first !== undefined && !("reasoningContent" in first);
}

/** A marker on the request itself stands for one at its end. */
function marked(messages: ConverseMessage[], request: MessagesRequest, scene: ConverseScene): ConverseMessage[] {
  const mark: unknown = request["cache_control"];
  const last = messages.at(-1);
  if (!isCacheControl(mark) || last === undefined || endsInPoint(last)) return messages;
  return withPoint(messages, last, scene.cachePoint("messages", mark));
}

function endsInPoint({ content }: ConverseMessage): boolean {
  const last = content.at(-1);
  return last !== undefined && "cachePoint" in last;
}

function withPoint(
  messages: ConverseMessage[],
  last: ConverseMessage,
  point: ReturnType<ConverseScene["cachePoint"]>,
): ConverseMessage[] {
  if (point === undefined) return messages;
  return [...messages.slice(0, -1), { ...last, content: [...last.content, point] }];
}

function encodeFormat(request: MessagesRequest, scene: ConverseScene): Pick<ConverseRequest, "outputConfig"> {
  const schema = wantedFormat(request, scene.profile.structuredOutput, scene);
  if (schema === undefined) return {};
  const outputConfig: OutputConfig = {
    textFormat: {
      type: "json_schema",
      structure: { jsonSchema: { schema: JSON.stringify(schema), name: "structured_output" } },
    },
  };
  return { outputConfig };
}
