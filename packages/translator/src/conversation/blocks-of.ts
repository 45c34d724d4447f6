import type { ContentBlock } from "../messages/content.ts";

/** A message's content as blocks: text given as a string is one text block. */
export function blocksOf(content: string | readonly ContentBlock[] | null | undefined): readonly ContentBlock[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content ?? [];
}
