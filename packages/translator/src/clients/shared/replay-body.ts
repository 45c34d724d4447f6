import { checkBlock } from "../../messages/check-content.ts";
import type { Answer } from "../../messages/answer.ts";
import type { StreamEvent } from "../../messages/events.ts";
import { replayAnswer } from "../../messages/replay.ts";
import { readAnswer, type ReadAnswer } from "./read-answer.ts";

/**
 * The events of a whole answer that a provider sent. Blocks that are not what their type says are left out, and the
 * inputs of calls are the provider's own text.
 */
export function replayBody(body: Uint8Array): readonly StreamEvent[] {
  const { answer, inputs } = readAnswer(body);
  const sound = answer.content.map((block) => isSound(block));
  const events = replayAnswer(asAnswer({ ...answer, content: answer.content.filter((_, index) => sound[index]) }));
  const texts = answer.content.flatMap(({ type }, index) =>
    sound[index] === true && hasInput(type) ? [inputs[index] ?? "{}"] : [],
  );
  return withInputs(events, texts);
}

function isSound(block: object): boolean {
  return checkBlock(block) === undefined && !("text" in block && block.text === null);
}

function withInputs(events: readonly StreamEvent[], inputs: readonly string[]): readonly StreamEvent[] {
  let next = 0;
  return events.map((event) => {
    const isInput = event.type === "content_block_delta" && event.delta.type === "input_json_delta";
    if (event.type === "content_block_start" && hasInput(event.content_block.type)) next += 1;
    const text = inputs[next - 1];
    return isInput && text !== undefined
      ? { ...event, delta: { type: "input_json_delta", partial_json: text } }
      : event;
  });
}

function hasInput(type: unknown): boolean {
  return type === "tool_use" || type === "server_tool_use";
}

/** Blocks have been checked; of the rest a replay only copies what is there. */
function asAnswer(answer: ReadAnswer["answer"]): Answer {
  const copy: unknown = answer;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return copy as Answer;
}
