import { checkMessagesRequest } from "./check-messages-request.ts";
import { converseFace } from "./converse-face.ts";
import type { Face } from "./face.ts";
import { invokeRendering } from "./invoke-rendering.ts";
import { isFields } from "./json-fields.ts";

/** Amazon Bedrock, as InvokeModel serves Claude. */
export const invokeFace: Face = {
  ...converseFace,
  rendering: invokeRendering,
  check(body, model) {
    if (!isFields(body)) return "Malformed input request, please reformat your input and try again.";
    if (body["anthropic_version"] !== "bedrock-2023-05-31") return "anthropic_version: Field required";
    const own = ["model", "stream"].find((field) => field in body);
    return own === undefined ? checkMessagesRequest({ ...body, model }) : `${own}: Extra inputs are not permitted`;
  },
};
