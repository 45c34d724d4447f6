import { readCountRequest } from "../../conversation/count-request.ts";
import { countAt } from "../../json/count-at.ts";
import { encodeJson } from "../../json/encode-json.ts";
import type { Counting } from "../dialect.ts";
import { responsesProfileOf } from "./known-models.ts";
import { encodeResponsesRequest } from "./request.ts";
import type { ResponsesRequest } from "./responses-request.ts";

/** Fields that OpenAI's input token count takes. Source: `InputTokenCountParams` in openai-node. */
const counted = new Set<string>([
  "model",
  "instructions",
  "input",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "reasoning",
  "text",
] satisfies (keyof ResponsesRequest)[]);

/** OpenAI's input token count, which not every server of the Responses API has. */
export const responsesCounting: Counting = {
  path: () => "/responses/input_tokens",
  write({ body }, { model, responses }) {
    const { request, dropped } = readCountRequest(body);
    const encoded = encodeResponsesRequest(request, model, responses ?? responsesProfileOf(model));
    const fields = Object.entries(encoded.body).filter(([name]) => counted.has(name));
    return {
      body: encodeJson(Object.fromEntries(fields), body.length),
      dropped: [...dropped, ...encoded.dropped],
    };
  },
  read(answer) {
    const tokens = countAt(answer, "input_tokens");
    return tokens === undefined ? undefined : { input_tokens: tokens };
  },
};
