import { chatRendering } from "./chat-rendering.ts";
import { checkChatRequest } from "./check-chat-request.ts";
import { checkGeminiRequest } from "./check-gemini-request.ts";
import { checkMessagesRequest } from "./check-messages-request.ts";
import { checkResponsesRequest } from "./check-responses-request.ts";
import type { Face } from "./face.ts";
import { geminiRendering } from "./gemini-rendering.ts";
import { messagesRendering } from "./messages-rendering.ts";
import { responsesRendering } from "./responses-rendering.ts";
import { isFields } from "./json-fields.ts";
import type { FakeDialect, SeenRequest } from "./seen-request.ts";

const openai: Pick<Face, "wrongKey" | "list"> = {
  wrongKey: { kind: "http-error", status: 401, message: "Incorrect API key provided.", code: "invalid_api_key" },
  list: (ids) => ({
    object: "list",
    data: ids.map((id) => ({ id, object: "model", created: 1_700_000_000, owned_by: "fake" })),
  }),
};

const faces: Readonly<Record<Exclude<FakeDialect, "bedrock-converse">, Face>> = {
  "openai-chat": { ...openai, rendering: chatRendering, check: checkChatRequest },
  "openai-responses": { ...openai, rendering: responsesRendering, check: checkResponsesRequest },
  "anthropic-messages": {
    rendering: messagesRendering,
    check: checkMessagesRequest,
    wrongKey: { kind: "http-error", status: 401, message: "invalid x-api-key" },
    list: (ids) => ({
      data: ids.map((id) => ({ type: "model", id, display_name: id, created_at: "2026-01-01T00:00:00Z" })),
      has_more: false,
      first_id: ids[0] ?? null,
      last_id: ids.at(-1) ?? null,
    }),
  },
  gemini: {
    rendering: geminiRendering,
    check: checkGeminiRequest,
    wrongKey: { kind: "http-error", status: 400, message: "API key not valid. Please pass a valid API key." },
    list: (ids) => ({
      models: ids.map((id) => ({
        name: `models/${id}`,
        displayName: id,
        supportedGenerationMethods: ["generateContent"],
      })),
    }),
  },
};

const rawPredictFace: Face = {
  ...faces["anthropic-messages"],
  check(body, model) {
    if (!isFields(body) || body["anthropic_version"] !== "vertex-2023-10-16")
      return "anthropic_version: Field required";
    return "model" in body ? "model: Extra inputs are not permitted" : checkMessagesRequest({ ...body, model });
  },
  wrongKey: {
    kind: "http-error",
    status: 401,
    body: {
      raw: '{"error":{"code":401,"message":"Request had invalid authentication credentials.","status":"UNAUTHENTICATED"}}',
    },
  },
};

/** How the fake provider speaks a dialect. Bedrock's needs `@smithy/eventstream-codec`, which only its users install. */
export async function faceOf({ dialect, platform }: Pick<SeenRequest, "dialect" | "platform">): Promise<Face> {
  if (platform === "invoke-model") return (await import("./invoke-face.ts")).invokeFace;
  if (platform === "raw-predict") return rawPredictFace;
  return dialect === "bedrock-converse" ? (await import("./converse-face.ts")).converseFace : faces[dialect];
}
