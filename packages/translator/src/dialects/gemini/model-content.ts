import type { CallResult, Turn, Utterance } from "../../conversation/turns.ts";
import { writeBlock } from "../../conversation/write-block.ts";
import type { RedactedThinkingBlock, ThinkingBlock } from "../../messages/content.ts";
import { encodeFunctionResponse } from "./function-response.ts";
import type { GeminiCallPart, GeminiContent, GeminiPart } from "./gemini-request.ts";
import { PartSink } from "./part-sink.ts";
import { reasons } from "./reasons.ts";
import type { GeminiScene } from "./scene.ts";
import { openThought, type ThoughtState } from "./thought-state.ts";

type AssistantTurn = Extract<Turn, { role: "assistant" }>;

/**
 * Makes Gemini pass over the signature that a call lacks. Source: ai.google.dev, "Thought signatures": for calls that
 * another model made, or that were written by hand.
 */
export const skipSignature = "skip_thought_signature_validator";
const thinkingPath = "messages[*].content[*].thinking";

/** Writes a turn of the model's and the results of its calls, which Gemini wants directly after it and as many as calls. */
export function encodeAssistantTurn({ said, results }: AssistantTurn, scene: GeminiScene): GeminiContent[] {
  const parts = new ModelParts(scene);
  for (const utterance of said) parts.take(utterance);
  const contents: GeminiContent[] = parts.parts.length === 0 ? [] : [{ role: "model", parts: parts.parts }];
  if (results.length > 0) contents.push(...encodeResults(results, scene));
  return contents;
}

/** Media have a content of their own: beside responses in one content, they are counted as responses. */
function encodeResults(results: readonly CallResult[], scene: GeminiScene): GeminiContent[] {
  const responses: GeminiPart[] = [];
  const attached: GeminiPart[] = [];
  for (const entry of results) {
    const { response, attachments } = encodeFunctionResponse(entry, scene);
    responses.push(response);
    if (attachments.length === 0) continue;
    attached.push({ text: `Output of the call of ${entry.call.name} (${entry.call.id}):` }, ...attachments);
  }
  const contents: GeminiContent[] = [{ role: "user", parts: responses }];
  if (attached.length > 0) contents.push({ role: "user", parts: attached });
  return contents;
}

/** The parts of one turn of the model's, each with the signature that it came with. */
class ModelParts {
  readonly parts: GeminiPart[] = [];
  readonly #scene: GeminiScene;
  #signature: string | undefined;
  #calls = 0;

  constructor(scene: GeminiScene) {
    this.#scene = scene;
  }

  take(utterance: Utterance): void {
    if (utterance.kind === "call") this.#call(utterance);
    else if (utterance.kind === "thinking") this.#think(utterance.block);
    else {
      const sink = new PartSink(this.#scene);
      writeBlock(utterance.block, sink, utterance.place);
      this.parts.push(...sink.parts);
    }
  }

  #call({ id, name, input }: Extract<Utterance, { kind: "call" }>): void {
    const { callIds, signedCalls } = this.#scene.profile;
    // Of parallel calls only the first is signed.
    const lacks = this.#calls === 0 && signedCalls ? skipSignature : undefined;
    const signature = this.#signature ?? lacks;
    this.#signature = undefined;
    this.#calls += 1;
    const part: GeminiCallPart = {
      functionCall: { ...(callIds ? { id } : {}), name, args: input },
      ...(signature === undefined ? {} : { thoughtSignature: signature }),
    };
    this.parts.push(part);
  }

  #think(block: ThinkingBlock | RedactedThinkingBlock): void {
    const redacted = block.type === "redacted_thinking";
    const { own, sealed } = openThought((redacted ? block.data : block.signature) ?? "");
    const shown = redacted ? "" : block.thinking;
    if (!own) this.#drop(redacted ? reasons.redactedThinking : reasons.foreignReasoning);
    else if (sealed !== undefined && sealed.model !== this.#scene.model) this.#drop(reasons.foreignModel);
    else {
      if (shown !== "" && sealed?.state.on !== "thought") this.#drop(reasons.thoughtSummary);
      if (sealed !== undefined) this.#restore(sealed.state, shown);
    }
  }

  #drop(reason: string): void {
    this.#scene.drops.add(thinkingPath, reason);
  }

  #restore(state: ThoughtState, shown: string): void {
    switch (state.on) {
      case "call":
        this.#signature = state.signature;
        return;
      case "part":
        this.parts.push(state.part);
        return;
      case "thought":
        this.parts.push({ text: shown, thought: true, thoughtSignature: state.signature });
        return;
      case "text":
        this.#signText(state.signature);
    }
  }

  #signText(thoughtSignature: string): void {
    const last = this.parts.at(-1);
    const isText = last !== undefined && "text" in last && !("thoughtSignature" in last);
    if (isText) this.parts[this.parts.length - 1] = { ...last, thoughtSignature };
    else this.parts.push({ text: "", thoughtSignature });
  }
}
