import type { Span } from "../dialects/dialect.ts";

/** A byte range and what takes its place; nothing when `text` is undefined. */
export interface Edit {
  readonly span: Span;
  readonly text: string | undefined;
}

const encoder = new TextEncoder();

/**
 * The body with some byte ranges replaced or removed, every other byte as it was; the very same array when there
 * is no edit and no thread shares it. Order does not matter; an edit inside a range that another one replaces has no effect.
 */
export function splice(body: Uint8Array, edits: readonly Edit[]): Uint8Array<ArrayBuffer> {
  if (edits.length === 0) return isUnshared(body) ? body : body.slice();
  const pieces: Uint8Array[] = [];
  let kept = 0;
  let length = 0;
  const add = (piece: Uint8Array): void => {
    pieces.push(piece);
    length += piece.length;
  };
  for (const { span, text } of edits.toSorted(byPosition)) {
    if (span.start < kept) continue;
    add(body.subarray(kept, span.start));
    if (text !== undefined) add(encoder.encode(text));
    kept = span.end;
  }
  add(body.subarray(kept));
  return join(pieces, length);
}

/** `fetch` takes no memory that threads share. */
function isUnshared(body: Uint8Array): body is Uint8Array<ArrayBuffer> {
  return body.buffer instanceof ArrayBuffer;
}

/** The wider of two ranges that begin together comes first, so that it wins. */
function byPosition(one: Edit, other: Edit): number {
  return one.span.start - other.span.start || other.span.end - one.span.end;
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
