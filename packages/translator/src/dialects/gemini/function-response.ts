import type { ContentSink, Media } from "../../conversation/content-sink.ts";
import { interruptedOutput } from "../../conversation/tool-result.ts";
import type { CallResult } from "../../conversation/turns.ts";
import { writeToolResult } from "../../conversation/write-block.ts";
import type { CacheControl } from "../../messages/content.ts";
import type { GeminiBlob, GeminiMediaPart, GeminiResponsePart } from "./gemini-request.ts";
import { blobOf, mediaPart } from "./part-sink.ts";
import type { GeminiScene } from "./scene.ts";

/** What a tool gave: the part that answers the call, and the media that must follow in a content of their own. */
export interface FunctionOutput {
  readonly response: GeminiResponsePart;
  readonly attachments: readonly GeminiMediaPart[];
}

type Response = GeminiResponsePart["functionResponse"]["response"];

/**
 * Writes a call's result. Source of the keys of `response`: `FunctionResponse` in @google/genai: "output" for what the
 * function gave, "error" for what went wrong.
 */
export function encodeFunctionResponse({ call, result }: CallResult, scene: GeminiScene): FunctionOutput {
  const sink = new ResponseSink(scene);
  if (result !== undefined) writeToolResult(result.block, sink, result.place);
  if (result?.block.cache_control) scene.dropCacheMark("cache_control");
  const { callIds } = scene.profile;
  const { name } = call;
  return {
    response: {
      functionResponse: {
        ...(callIds ? { id: call.id } : {}),
        name,
        response:
          result === undefined ? { error: interruptedOutput } : said(sink.texts, result.block.is_error === true),
        ...(sink.inside.length === 0 ? {} : { parts: sink.inside.map((inlineData) => ({ inlineData })) }),
      },
    },
    attachments: sink.attachments,
  };
}

function said(texts: readonly string[], failed: boolean): Response {
  const text = texts.join("\n");
  if (failed) return { error: text === "" ? "Error" : text };
  return text === "" ? {} : { output: text };
}

class ResponseSink implements ContentSink {
  readonly texts: string[] = [];
  readonly inside: GeminiBlob[] = [];
  readonly attachments: GeminiMediaPart[] = [];
  readonly #scene: GeminiScene;

  constructor(scene: GeminiScene) {
    this.#scene = scene;
  }

  text(text: string, mark?: CacheControl | null): void {
    if (mark) this.#scene.dropCacheMark("cache_control");
    if (text !== "") this.texts.push(text);
  }

  media(media: Media): void {
    const blob = this.#scene.profile.mediaInResponses ? blobOf(media, this.#scene) : undefined;
    if (typeof blob === "object") {
      this.inside.push(blob);
      return;
    }
    const part = blob ?? mediaPart(media, this.#scene);
    if (typeof part === "string") this.text(part);
    else {
      this.attachments.push(part);
      this.text(`[${media.kind === "image" ? "image" : media.name} attached below]`);
    }
  }
}
