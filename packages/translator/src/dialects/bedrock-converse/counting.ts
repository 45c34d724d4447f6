import { readCountRequest } from "../../conversation/count-request.ts";
import { countAt } from "../../json/count-at.ts";
import { encodeJson } from "../../json/encode-json.ts";
import type { Counting } from "../dialect.ts";
import { bedrockCountPath } from "./count-path.ts";
import { converseProfileOf } from "./families.ts";
import { encodeConverseRequest } from "./request.ts";

/** CountTokens of Amazon Bedrock, which some models refuse. Source: `ConverseTokensRequest` in @aws-sdk/client-bedrock-runtime. */
export const converseCounting: Counting = {
  path: bedrockCountPath,
  write({ body }, { model, converse }) {
    const { request, dropped } = readCountRequest(body);
    const encoded = encodeConverseRequest(request, { model, profile: converse ?? converseProfileOf(model) });
    const { messages, system, toolConfig, additionalModelRequestFields } = encoded.body;
    const counted = {
      ...(system && { system }),
      ...(toolConfig && { toolConfig }),
      ...(additionalModelRequestFields && { additionalModelRequestFields }),
      messages,
    };
    return {
      body: encodeJson({ input: { converse: counted } }, body.length),
      dropped: [...dropped, ...encoded.dropped],
    };
  },
  read(answer) {
    const counted = countAt(answer, "inputTokens");
    return counted === undefined ? undefined : { input_tokens: counted };
  },
};
