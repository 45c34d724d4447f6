import { splice } from "../../messages/splice.ts";
import type { ClientRequest, Target, Translation, TranslationContext } from "../dialect.ts";
import { filterForeignThinking } from "./filter-thinking.ts";
import { fitToPlatform } from "./fit-to-platform.ts";
import { readWhole } from "./read-whole.ts";
import { renameModel } from "./rename-model.ts";
import { TappedStream } from "./tapped-stream.ts";

/**
 * The client's own bytes, the very same array where nothing must change: another model name is spliced in, and
 * thinking that this API cannot verify is cut out. Answers come back as they are, under the name the client asked for.
 */
export function translate(request: ClientRequest, target: Target, context: TranslationContext): Translation {
  const { body, dropped, betaHeader } = write(request, target);
  const renameTo = context.askedModel === target.model ? undefined : context.askedModel;
  const requestBytes = request.body.length;
  return {
    body,
    dropped,
    ...(betaHeader !== undefined && { betaHeader }),
    answerStream: () => new TappedStream({ renameTo, requestBytes }),
    answerWhole: (answer, contentType) => readWhole(answer, contentType, renameTo),
  };
}

function write(request: ClientRequest, target: Target): Pick<Translation, "body" | "dropped" | "betaHeader"> {
  if (target.platform !== undefined) {
    const { betaHeader, ...written } = fitToPlatform(request, target.model, target.platform);
    return { ...written, ...(betaHeader !== undefined && { betaHeader }) };
  }
  const { edits, dropped } = filterForeignThinking(request);
  return { body: splice(request.body, [...edits, ...renameModel(request, target.model)]), dropped };
}
