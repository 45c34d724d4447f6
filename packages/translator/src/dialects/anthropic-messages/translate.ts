import { splice, type Edit } from "../../messages/splice.ts";
import type { ClientRequest, Target, Translation, TranslationContext } from "../dialect.ts";
import { filterForeignThinking } from "./filter-thinking.ts";
import { readWhole } from "./read-whole.ts";
import { TappedStream } from "./tapped-stream.ts";

/**
 * The client's own bytes, the very same array where nothing must change: another model name is spliced in, and
 * thinking that this API cannot verify is cut out. Answers come back as they are, under the name the client asked for.
 */
export function translate(request: ClientRequest, target: Target, context: TranslationContext): Translation {
  const { edits, dropped } = filterForeignThinking(request);
  const body = splice(request.body, [...edits, ...renameModel(request, target)]);
  const renameTo = context.askedModel === target.model ? undefined : context.askedModel;
  const requestBytes = request.body.length;
  return {
    body,
    dropped,
    answerStream: () => new TappedStream({ renameTo, requestBytes }),
    answerWhole: (answer, contentType) => readWhole(answer, contentType, renameTo),
  };
}

function renameModel({ envelope }: ClientRequest, { model }: Target): Edit[] {
  const span = envelope.spans.get("model");
  return span === undefined || envelope.model === model ? [] : [{ span, text: JSON.stringify(model) }];
}
