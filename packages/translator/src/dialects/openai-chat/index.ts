import { answeredShape } from "../../conversation/answered-shape.ts";
import { declaresSearch } from "../../conversation/declares-search.ts";
import { editContext } from "../../conversation/edit-context.ts";
import { encodeJson } from "../../json/encode-json.ts";
import { inputEstimates } from "../../messages/input-estimates.ts";
import { lastingEstimates } from "../../messages/lasting-estimates.ts";
import { parseRequest } from "../../messages/parse-request.ts";
import type { ClientRequest, Dialect, Target, Translation, TranslationContext } from "../dialect.ts";
import { readFailure } from "./errors.ts";
import { genericChat } from "./profile.ts";
import { repairChatRequest } from "./repair.ts";
import { encodeChatRequest } from "./request.ts";
import { readWholeChatAnswer, streamChatAnswer } from "./response.ts";
import { unavailableSearchAnswer } from "../../conversation/unavailable-search.ts";

/** Chat completions as OpenAI defined them, for OpenAI itself and every server that is compatible with it. */
export const openaiChat: Dialect = {
  name: "openai-chat",
  paths: { create: "/chat/completions", models: "/models" },
  forwardedHeaders: [],
  translate: translateToChat,
  readFailure,
  repair: repairChatRequest,
  lacksCompaction: true,
  lacksSearch: (request, { chat = genericChat }) => chat.webSearch === "none" && declaresSearch(request),
};

function translateToChat(client: ClientRequest, target: Target, context: TranslationContext): Translation {
  const { request, dropped, contextManagement } = editContext(parseRequest(client.body));
  const profile = target.chat ?? genericChat;
  const encoded = encodeChatRequest(request, target.model, profile);
  const answered = {
    ...answeredShape(request, context, contextManagement),
    toolNames: encoded.toolNames,
    stopSequences: encoded.stopSequences,
    search: encoded.search,
    reasoningBack: profile.reasoningBack !== "never",
  };
  const body = encodeJson(encoded.body, client.body.length);
  const estimated = { request, body, mediaAt: client.envelope.mediaAt };
  return {
    body,
    dropped: [...dropped, ...encoded.dropped],
    ...(encoded.unavailableSearch && { answer: unavailableSearchAnswer({ ...context, request }) }),
    answerStream: () => streamChatAnswer({ ...answered, ...lastingEstimates(estimated) }),
    answerWhole: (whole, contentType) =>
      readWholeChatAnswer({ ...answered, ...inputEstimates(request, client.body.length) }, whole, contentType),
  };
}
