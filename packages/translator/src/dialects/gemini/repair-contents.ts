import { isRecord } from "../../json/is-record.ts";
import { listOf } from "../../json/loose.ts";
import { skipSignature } from "./model-content.ts";

type Body = Readonly<Record<string, unknown>>;

/** Signs the first call of each content where it is not signed. */
export function signCalls(request: Body): Body | undefined {
  return withContents(request, (content) => {
    const parts = listOf(content["parts"]);
    const first = parts.findIndex((part) => isRecord(part) && "functionCall" in part);
    const call = parts[first];
    if (!isRecord(call) || "thoughtSignature" in call) return content;
    return { ...content, parts: parts.with(first, { ...call, thoughtSignature: skipSignature }) };
  });
}

/** Takes every signature away, with the parts that are nothing else; calls get the mark that excuses its absence. */
export function withoutSignatures(request: Body): Body | undefined {
  const bare = withContents(request, (content) => {
    const parts = listOf(content["parts"]);
    if (!parts.some((part) => isRecord(part) && isSigned(part))) return content;
    return { ...content, parts: parts.flatMap((part) => unsigned(part)) };
  });
  return bare && (signCalls(bare) ?? bare);
}

function isSigned(part: Body): boolean {
  return "thoughtSignature" in part && part["thoughtSignature"] !== skipSignature;
}

function unsigned(part: unknown): readonly unknown[] {
  if (!isRecord(part) || !isSigned(part)) return [part];
  const { thoughtSignature: _, ...rest } = part;
  return rest["text"] === "" || rest["thought"] === true ? [] : [rest];
}

/** Puts the system prompt in front of the first content, for models that take none of its own (Gemma). */
export function systemInContents(request: Body): Body | undefined {
  const { systemInstruction, ...rest } = request;
  const system = isRecord(systemInstruction) ? listOf(systemInstruction["parts"]) : [];
  const [first, ...others] = listOf(request["contents"]);
  if (system.length === 0) return undefined;
  if (!isRecord(first) || first["role"] !== "user") {
    return { ...rest, contents: [{ role: "user", parts: system }, ...listOf(request["contents"])] };
  }
  return { ...rest, contents: [{ ...first, parts: [...system, ...listOf(first["parts"])] }, ...others] };
}

/** Moves media out of function responses into a content of their own after them. */
export function mediaAfterResponses(request: Body): Body | undefined {
  let moved = false;
  const contents = listOf(request["contents"]).flatMap((content) => {
    if (!isRecord(content)) return [content];
    const media: unknown[] = [];
    const parts = listOf(content["parts"]).map((part) => withoutMedia(part, media));
    if (media.length === 0) return [content];
    moved = true;
    return [
      { ...content, parts },
      { role: "user", parts: media },
    ];
  });
  return moved ? { ...request, contents } : undefined;
}

function withoutMedia(part: unknown, media: unknown[]): unknown {
  if (!isRecord(part) || !isRecord(part["functionResponse"])) return part;
  const { parts, ...response } = part["functionResponse"];
  const inside = listOf(parts);
  if (inside.length === 0) return part;
  media.push({ text: `Output of the call of ${String(response["name"])}:` }, ...inside);
  return { ...part, functionResponse: response };
}

function withContents(request: Body, change: (content: Body) => Body): Body | undefined {
  let changed = false;
  const contents = listOf(request["contents"]).map((content) => {
    if (!isRecord(content)) return content;
    const next = change(content);
    changed ||= next !== content;
    return next;
  });
  // A turn of nothing but signatures is gone with them.
  const filled = contents.filter((content) => !isRecord(content) || listOf(content["parts"]).length > 0);
  return changed ? { ...request, contents: filled } : undefined;
}
