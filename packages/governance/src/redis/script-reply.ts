/** What a script answers with: lists of numbers, texts and lists. */
export type ReplyPart = number | string | null | readonly ReplyPart[];

/** A script's answer. The first part names it. */
export function scriptReply(value: unknown): readonly ReplyPart[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the scripts here answer with nothing else
  return value as readonly ReplyPart[];
}

/** A part that is a number; NaN for what is none. */
export function numberIn(part: ReplyPart | undefined): number {
  return typeof part === "object" ? Number.NaN : Number(part);
}

/** A part that is a text. */
export function textIn(part: ReplyPart | undefined): string {
  return typeof part === "object" ? "" : String(part);
}

/** A part that is a list; an empty one for what is none. */
export function listIn(part: ReplyPart | undefined): readonly ReplyPart[] {
  return isList(part) ? part : [];
}

function isList(part: ReplyPart | undefined): part is readonly ReplyPart[] {
  return Array.isArray(part);
}
