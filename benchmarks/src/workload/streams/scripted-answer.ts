import { filler } from "../filler.ts";

/** What a model says in one turn, in the pieces in which it streams: some thinking, a text, and one call of a tool. */
export interface ScriptedAnswer {
  readonly thinking: readonly string[];
  readonly text: readonly string[];
  readonly tool: { readonly id: string; readonly name: string; readonly input: readonly string[] };
}

/** Pieces of 20 to 40 characters, which is what most providers put into one event. */
function inPieces(text: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = at + 20 + ((pieces.length * 7) % 21);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

const input = JSON.stringify({ file_path: "/home/ada/app/src/total.ts", content: filler(1_300) });

/** About two hundred pieces, the same each time. */
export const scriptedAnswer: ScriptedAnswer = {
  thinking: inPieces(filler(1_200)),
  text: inPieces(filler(3_300)),
  tool: { id: "call_benchmark0000000001", name: "Write", input: inPieces(input) },
};
