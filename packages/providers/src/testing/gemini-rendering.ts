import { type Answer, type AnswerFinish, type AnswerUsage, finishOf } from "./answer.ts";
import { fieldsAt, type Fields } from "./json-fields.ts";
import { type ErrorWords, piecesOf, type RenderContext, type Rendering, type WireEvent } from "./rendering.ts";
import { signatureOf } from "./signature-of.ts";

const finishReasons = {
  stop: "STOP",
  tools: "STOP",
  length: "MAX_TOKENS",
  refusal: "SAFETY",
} as const satisfies Record<AnswerFinish, string>;

// Source: ai.google.dev, "Troubleshooting guide", backend service error codes.
const statuses: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

const encoder = new TextEncoder();

/** Writes answers as Google's generateContent and streamGenerateContent do. */
export const geminiRendering: Rendering = {
  format: {
    contentType: "text/event-stream",
    write: ({ data }) => encoder.encode(`data: ${data}\r\n\r\n`),
  },
  stream(answer, context) {
    const chunks = [
      ...thoughts(answer, context).map((text) => [{ text, thought: true }]),
      ...piecesOf(answer.text ?? "", answer.deltaChars ?? 12).map((text) => [{ text }]),
      ...callParts(answer, context).map((part) => [part]),
    ];
    return [
      ...chunks.map((parts) => chunk("content", responseOf(parts, context))),
      chunk("finish", { ...responseOf([ending(answer)], context, finishReasons[finishOf(answer)]) }),
    ];
  },
  whole(answer, context) {
    const thought = thoughts(answer, context).join("");
    const parts = [
      ...(thought === "" ? [] : [{ text: thought, thought: true }]),
      ...(answer.text === undefined ? [] : [{ ...ending(answer), text: answer.text }]),
      ...callParts(answer, context),
    ];
    return responseOf(parts, context, finishReasons[finishOf(answer)]);
  },
  error: geminiError,
  errorEvent: (words) => chunk("content", geminiError(words)),
};

/** The signature of a call of one tool; the fake provider asks it back with that call. */
export function callSignature(name: string): string {
  return Buffer.from(signatureOf(`call ${name}`)).toString("base64");
}

/** The signature of the text at the end of an answer that thinking led to. */
export const textSignature: string = Buffer.from(signatureOf("text")).toString("base64");

function geminiError({ status, message, type }: ErrorWords): Fields {
  return { error: { code: status, message, status: type ?? statuses[status] ?? "INTERNAL" } };
}

function chunk(role: WireEvent["role"], body: Fields): WireEvent {
  return { data: JSON.stringify(body), role };
}

/** Thoughts are summarised for those who ask for them. */
function thoughts({ thinking, deltaChars = 12 }: Answer, { body }: RenderContext): readonly string[] {
  const { includeThoughts } = fieldsAt(fieldsAt(body, "generationConfig"), "thinkingConfig");
  return thinking === undefined || includeThoughts !== true ? [] : piecesOf(thinking, deltaChars);
}

/** Only the first of parallel calls is signed. Source: ai.google.dev, "Thought signatures". */
function callParts(answer: Answer, { index }: RenderContext): Fields[] {
  return (answer.toolCalls ?? []).map(({ id, name, input }, number) => ({
    functionCall: { id: id ?? `fake_${index}_${number}`, name, args: input },
    ...(number === 0 && { thoughtSignature: callSignature(name) }),
  }));
}

function ending({ thinking, toolCalls = [] }: Answer): Fields {
  const signed = thinking !== undefined && toolCalls.length === 0;
  return { text: "", ...(signed && { thoughtSignature: textSignature }) };
}

function responseOf(parts: readonly Fields[], context: RenderContext, finishReason?: string): Fields {
  return {
    candidates: [{ content: { parts, role: "model" }, ...(finishReason && { finishReason }), index: 0 }],
    ...(context.usage && { usageMetadata: wireUsage(context.usage) }),
    modelVersion: context.model,
    responseId: `fake_${context.index}`,
  };
}

// Source: `GenerateContentResponseUsageMetadata` in @google/genai: cached tokens are part of the prompt's, thoughts
// are counted beside the candidates'.
function wireUsage(usage: Required<AnswerUsage>): Fields {
  const prompt = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: usage.outputTokens - usage.thinkingTokens,
    totalTokenCount: prompt + usage.outputTokens,
    ...(usage.cacheReadTokens > 0 && { cachedContentTokenCount: usage.cacheReadTokens }),
    promptTokensDetails: [{ modality: "TEXT", tokenCount: prompt }],
    ...(usage.thinkingTokens > 0 && { thoughtsTokenCount: usage.thinkingTokens }),
  };
}
