import type { ClientRequest } from "../dialect.ts";
import type { Edit } from "../../messages/splice.ts";

/** The edit that gives a request the provider's own name of the model; none where it is that already. */
export function renameModel({ envelope }: ClientRequest, model: string): Edit[] {
  const span = envelope.spans.get("model");
  return span === undefined || envelope.model === model ? [] : [{ span, text: JSON.stringify(model) }];
}
