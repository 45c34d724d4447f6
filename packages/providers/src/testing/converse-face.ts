import { checkConverseRequest } from "./check-converse-request.ts";
import { converseRendering } from "./converse-rendering.ts";
import type { Face } from "./face.ts";

/** Amazon Bedrock, as its Converse API. */
export const converseFace: Face = {
  rendering: converseRendering,
  check: checkConverseRequest,
  wrongKey: {
    kind: "http-error",
    status: 403,
    message: "Authentication failed: Please make sure your API Key is valid.",
  },
  list: (ids) => ({ modelSummaries: ids.map((id) => ({ modelId: id, modelName: id })) }),
};
