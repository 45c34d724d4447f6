import type { Answer, AnswerUsage } from "./answer.ts";

/** One event of a stream before it is written: `event` is the name that it carries, where a dialect names them. */
export interface WireEvent {
  readonly event?: string;
  readonly data: string;
  /** What the event is for, so that faults can leave out or follow the right ones. */
  readonly role: "head" | "content" | "finish" | "usage" | "done";
}

/** What a rendering needs beside the answer itself. */
export interface RenderContext {
  /** Number of the request, from zero; makes ids unique. */
  readonly index: number;
  readonly model: string;
  readonly usage: Required<AnswerUsage> | undefined;
  /** The request: what it asks for decides what some dialects tell. */
  readonly body: unknown;
  readonly reasoningKey: "reasoning_content" | "reasoning" | "think-tags";
}

/** The words of an error, and the dialect's own fields for it. */
export interface ErrorWords {
  readonly status: number;
  readonly message: string;
  readonly type?: string;
  readonly code?: string | number | null;
}

/** How the events of a stream become bytes. */
export interface StreamFormat {
  readonly contentType: string;
  write(event: WireEvent): Uint8Array;
}

/** How one dialect writes answers and errors. */
export interface Rendering {
  readonly format: StreamFormat;
  stream(answer: Answer, context: RenderContext): WireEvent[];
  whole(answer: Answer, context: RenderContext): unknown;
  error(words: ErrorWords): unknown;
  /** Headers that say what kind of error it is. */
  errorHeaders?(words: ErrorWords): Readonly<Record<string, string>>;
  errorEvent(words: ErrorWords): WireEvent;
}

/** Cuts a text into pieces of at most `size` characters, never inside a surrogate pair. */
export function piecesOf(text: string, size: number): string[] {
  // Long texts of a flood are cut as they are: taking them apart costs a hundred times as much.
  const characters = /[\ud800-\udfff]/.test(text) ? Array.from(text) : text;
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += size) {
    const piece = characters.slice(at, at + size);
    pieces.push(typeof piece === "string" ? piece : piece.join(""));
  }
  return pieces;
}
