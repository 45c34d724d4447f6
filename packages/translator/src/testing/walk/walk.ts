import { expect } from "vitest";
import type { AnswerStream, Dropped, Translation } from "../../dialects/dialect.ts";
import { isRecord } from "../../json/is-record.ts";
import { assembleAnswer } from "../../messages/assemble.ts";
import type { ContentBlock } from "../../messages/content.ts";
import { findGrammarFault } from "../../messages/event-grammar.ts";
import { readEnvelope } from "../../messages/read-envelope.ts";
import type { Message, Thinking } from "../../messages/request.ts";
import { readEvents } from "../read-events.ts";
import { lacksThinking } from "./messages-speaker.ts";
import type { Fields, Speaker, SpokenAnswer } from "./speaker.ts";

/** One exchange of a session: what the user brings, who answers, and how. */
export interface Step {
  readonly speaker: Speaker;
  readonly thinks: boolean;
  readonly speaks: boolean;
  /** The tools it calls, by their place among {@link clientTools}, and what each gives back. */
  readonly calls: readonly { readonly tool: number; readonly gives: Gift }[];
  readonly shows: boolean;
  readonly afterResults: "nothing" | "words" | "a system message";
  /** True sends texts as strings where that is possible. */
  readonly strings: boolean;
  /** Bytes in a network chunk of the answer. */
  readonly chunk: number;
}

/** What a tool gives back. */
export type Gift = "text" | "blocks" | "image" | "error" | "nothing";

/** The client's tools: names of every shape that the Messages API takes. */
export const clientTools: readonly string[] = ["Read", "Bash", `mcp__files__${"search_".repeat(12)}`, "3d-render"];

/** A session of the client's, in which every turn may be another model's. */
export class Walk {
  readonly #thinking: Thinking;
  readonly #edits: readonly object[];
  readonly #history: Message[] = [];
  readonly #told: string[] = [];
  readonly #images: string[] = [];
  readonly #states: { readonly mind: string; readonly state: string }[] = [];
  #turn = 0;

  /** `edits` are those that every request asks for with `context_management`; what they may clear is not missed. */
  constructor(thinking: Thinking, edits: readonly object[] = []) {
    this.#thinking = thinking;
    this.#edits = edits;
  }

  /** The number of steps so far. */
  get turns(): number {
    return this.#turn;
  }

  /** Plays one step and checks what the provider is asked and what the client is told. */
  take(step: Step): void {
    this.#turn += 1;
    if (this.#history.at(-1)?.role !== "user" || step.shows) this.#say(step);
    const translation = this.#translate(step, step.strings);
    const body = accepted(step.speaker, translation.body);
    this.#check(step.speaker, translation, body);
    if (step.speaker.dialect.name !== "anthropic-messages") {
      expect(decode(this.#translate(step, !step.strings).body), "strings and blocks differ").toBe(
        decode(translation.body),
      );
    }
    const names = step.speaker.toolNames(body);
    expect(names).toHaveLength(clientTools.length);
    const answer = this.#answerOf(step, names);
    this.#hear(step, receive(translation.answerStream(), step.speaker.say(answer), step.chunk), answer);
    this.#bring(step);
  }

  #say({ shows }: Step): void {
    const content: ContentBlock[] = [{ type: "text", text: this.#mark("asked") }];
    if (shows) content.push(this.#image());
    const last = this.#history.at(-1);
    if (last?.role === "user")
      this.#history[this.#history.length - 1] = { role: "user", content: [...blocks(last), ...content] };
    else this.#history.push({ role: "user", content });
  }

  #translate({ speaker }: Step, strings: boolean): Translation {
    const request = {
      model: "claude-sonnet-5-5",
      max_tokens: 32_000,
      stream: true,
      thinking: this.#thinking,
      system: "Be brief.",
      ...(this.#edits.length > 0 && { context_management: { edits: this.#edits } }),
      tools: clientTools.map((name) => ({ name, input_schema: { type: "object", properties: {} } })),
      messages: strings ? this.#history.map((message) => asString(message)) : this.#history,
    };
    const body = new TextEncoder().encode(JSON.stringify(request));
    const envelope = readEnvelope(body);
    const context = { messageId: `msg_${this.#turn}`, askedModel: request.model };
    return speaker.dialect.translate({ body, envelope }, speaker.target, context);
  }

  #check(speaker: Speaker, { dropped }: Translation, body: Fields): void {
    const text = JSON.stringify(body);
    expect(speaker.fault(body), `${speaker.name} would refuse ${text}`).toBeUndefined();
    expect(text, "a sealed signature reached a provider").not.toContain("db1.");
    for (const { mind, state } of this.#states) {
      if (mind !== speaker.mind) expect(text, `the state of ${mind} reached ${speaker.name}`).not.toContain(state);
    }
    if (this.#edits.length === 0) this.#checkNothingLost(speaker, dropped, text);
  }

  #checkNothingLost(speaker: Speaker, dropped: readonly Dropped[], text: string): void {
    for (const told of this.#told) expect(text).toContain(told);
    for (const image of this.#images) {
      const known = text.includes(image) || dropped.some(({ reason }) => /image/.test(reason));
      expect(known, `an image is missing for ${speaker.name} and nobody is told`).toBe(true);
    }
    for (const { mind, state } of this.#states) {
      if (mind === speaker.mind) expect(text, `${speaker.name} lacks its own state`).toContain(state);
    }
    const lost = this.#states.some(({ mind }) => mind !== speaker.mind);
    if (lost) expect(dropped.length, "reasoning stayed behind and nobody is told").toBeGreaterThan(0);
  }

  #answerOf(step: Step, names: readonly string[]): SpokenAnswer {
    const turn = this.#turn;
    const { speaker } = step;
    return {
      thinking: step.thinks ? `thought ${turn}` : undefined,
      state: step.thinks ? btoa(`state of turn ${turn} `.padEnd(24, "*")) : undefined,
      text: step.speaks || step.calls.length === 0 ? this.#mark("answered") : undefined,
      calls: step.calls.map(({ tool }, index) => ({
        id: speaker.callId(turn, index),
        name: names[tool] ?? "",
        input: { path: this.#mark(`input${index}`) },
      })),
    };
  }

  #hear({ speaker, calls }: Step, content: readonly ContentBlock[], answer: SpokenAnswer): void {
    const said = content.flatMap((block) => (block.type === "text" ? [block.text] : []));
    expect(said.join("")).toBe(answer.text ?? "");
    const called = content.flatMap((block) =>
      block.type === "tool_use" ? [{ name: block.name, input: block.input }] : [],
    );
    expect(called).toEqual(calls.map(({ tool }, at) => ({ name: clientTools[tool], input: answer.calls[at]?.input })));
    const insists = speaker.insists?.(answer) !== false;
    if (answer.state !== undefined && speaker.mind !== undefined && insists) {
      this.#states.push({ mind: speaker.mind, state: answer.state });
    }
    this.#history.push({ role: "assistant", content });
  }

  /** Adds what the tools gave, as the client does: results first, in the order of the calls. */
  #bring(step: Step): void {
    const said = this.#history.at(-1);
    const ids =
      said === undefined ? [] : blocks(said).flatMap((block) => (block.type === "tool_use" ? [block.id] : []));
    if (ids.length === 0) return;
    const content: ContentBlock[] = ids.map((id, at) => this.#result(id, at, step.calls[at]?.gives ?? "text"));
    if (step.afterResults === "words") content.push({ type: "text", text: this.#mark("added") });
    this.#history.push({ role: "user", content });
    if (step.afterResults !== "a system message") return;
    this.#history.push({ role: "system", content: [{ type: "text", text: this.#mark("system") }] });
    this.#history.push({ role: "user", content: [{ type: "text", text: this.#mark("asked") }] });
  }

  #result(tool_use_id: string, at: number, gives: Gift): ContentBlock {
    if (gives === "nothing") return { type: "tool_result", tool_use_id };
    const text = this.#mark(`result${at}`);
    if (gives === "text") return { type: "tool_result", tool_use_id, content: text };
    if (gives === "error") return { type: "tool_result", tool_use_id, content: text, is_error: true };
    const words: ContentBlock = { type: "text", text };
    return { type: "tool_result", tool_use_id, content: gives === "image" ? [words, this.#image()] : [words] };
  }

  #mark(what: string): string {
    const mark = `${what}-of-${this.#turn}-${this.#told.length}.`;
    this.#told.push(mark);
    return mark;
  }

  #image(): ContentBlock {
    const data = btoa(`picture ${this.#images.length}`.padEnd(12, "*"));
    this.#images.push(data);
    return { type: "image", source: { type: "base64", media_type: "image/png", data } };
  }
}

function blocks({ content }: Message): readonly ContentBlock[] {
  return Array.isArray(content) ? content : [];
}

/** A message with nothing but one text is written as a string, as the client does once it is no longer last. */
function asString(message: Message): Message {
  const [first, ...others] = blocks(message);
  return first?.type === "text" && others.length === 0 ? { ...message, content: first.text } : message;
}

/** What the provider is asked in the end, when a refusal of the kind that only it can find has been repaired. */
function accepted(speaker: Speaker, bytes: Uint8Array): Fields {
  const body = parse(bytes);
  const message = speaker.fault(body);
  if (message?.startsWith(lacksThinking) !== true) return body;
  const repaired = speaker.dialect.repair(bytes, { kind: "invalid-request", message });
  return repaired === undefined ? body : parse(repaired);
}

function receive(stream: AnswerStream, bytes: Uint8Array, size: number): readonly ContentBlock[] {
  const told: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) told.push(stream.push(bytes.slice(at, at + size)));
  told.push(stream.end());
  const events = told.flatMap((part) => readEvents(part));
  expect(findGrammarFault(events)).toBeUndefined();
  expect(stream.failure).toBeUndefined();
  const answer = assembleAnswer(events);
  expect(answer).toBeDefined();
  return answer?.content ?? [];
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

function parse(bytes: Uint8Array): Fields {
  const value: unknown = JSON.parse(decode(bytes));
  return isRecord(value) ? value : {};
}
