import { gemini } from "../../dialects/gemini/index.ts";
import { geminiProfileOf } from "../../dialects/gemini/known-models.ts";
import { frames } from "../run-chat.ts";
import { geminiChunk } from "../run-gemini.ts";
import { firstFault, objectAt, objectsIn, textAt } from "./speaker.ts";
import type { Fields, Speaker, SpokenAnswer } from "./speaker.ts";

/** A Gemini model; `ids` says whether its calls come with ids. */
export function geminiSpeaker(model: string, ids: boolean): Speaker {
  const { signedCalls } = geminiProfileOf(model);
  return {
    name: model,
    dialect: gemini,
    target: { model },
    mind: model,
    // A signature on the last text is recommended and not enforced, and an answer cannot end in a thinking block.
    insists: ({ calls }) => calls.length > 0,
    callId: (turn, call) => (ids ? `id-${turn}.${call}` : ""),
    toolNames: (body) =>
      objectsIn(body["tools"]).flatMap((tool) =>
        objectsIn(tool["functionDeclarations"]).map((declared) => textAt(declared, "name")),
      ),
    say: (answer) => new TextEncoder().encode(sayGemini(answer)),
    fault: (body) => contentsFault(objectsIn(body["contents"]), signedCalls),
  };
}

function sayGemini({ thinking, state, text, calls }: SpokenAnswer): string {
  const chunks: object[] = [];
  const thoughtSignature = state;
  if (thinking !== undefined) chunks.push(geminiChunk([{ text: thinking, thought: true }]));
  const signsText = calls.length === 0;
  if (text !== undefined) chunks.push(geminiChunk([{ text, ...(signsText && { thoughtSignature }) }]));
  if (calls.length > 0) {
    const parts = calls.map(({ id, name, input }, index) => ({
      functionCall: { ...(id === "" ? {} : { id }), name, args: input },
      ...(index === 0 && { thoughtSignature }),
    }));
    chunks.push(geminiChunk(parts));
  }
  return frames(...chunks, geminiChunk([], "STOP"));
}

function contentsFault(contents: readonly Fields[], signed: boolean): string | undefined {
  if (contents[0]?.["role"] !== "user") return "the conversation begins with the model";
  return firstFault(
    contents.map((content, at) => contentFault(content, { before: contents[at - 1], after: contents[at + 1], signed })),
  );
}

interface Neighbours {
  readonly before: Fields | undefined;
  readonly after: Fields | undefined;
  readonly signed: boolean;
}

function contentFault(content: Fields, neighbours: Neighbours): string | undefined {
  if (objectsIn(content["parts"]).length === 0) return "a content without parts";
  return content["role"] === "model" ? modelFault(content, neighbours) : userFault(content, neighbours);
}

function modelFault(content: Fields, { before, after, signed }: Neighbours): string | undefined {
  const calls = namesOf(kindIn(content, "functionCall"));
  const answers = namesOf(kindIn(after ?? {}, "functionResponse"));
  if (before?.["role"] === "model") return "two contents of the model's in a row";
  if (calls !== answers) return `calls ${calls} but responses ${answers}`;
  const first = objectsIn(content["parts"]).find((part) => "functionCall" in part);
  return signed && first !== undefined && textAt(first, "thoughtSignature") === "" ? "an unsigned call" : undefined;
}

function userFault(content: Fields, { before }: Neighbours): string | undefined {
  const responses = kindIn(content, "functionResponse").length;
  if (kindIn(content, "functionCall").length > 0) return "a call of the user's";
  if (responses === 0) return undefined;
  if (responses !== objectsIn(content["parts"]).length) return "something beside function responses";
  return before?.["role"] === "model" ? undefined : "responses after no calls";
}

function kindIn(content: Fields, kind: "functionCall" | "functionResponse"): readonly Fields[] {
  return objectsIn(content["parts"]).flatMap((part) => (kind in part ? [objectAt(part, kind)] : []));
}

function namesOf(entries: readonly Fields[]): string {
  return entries.map((entry) => `${textAt(entry, "name")}#${textAt(entry, "id")}`).join(" ");
}
