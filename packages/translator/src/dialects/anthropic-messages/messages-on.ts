import { declaresSearch } from "../../conversation/declares-search.ts";
import { readModelName } from "../../conversation/read-model-name.ts";
import type { ClientRequest, Dialect, Target, Translation, TranslationContext } from "../dialect.ts";
import { fitToPlatform, pathHolds } from "./fit-to-platform.ts";
import { InvokedStream, readInvokedWhole } from "./invoked-answer.ts";
import { platformCounting } from "./platform-counting.ts";
import { messagesPaths, platformPaths } from "./platform-paths.ts";
import type { MessagesPlatform } from "./platform.ts";
import { readFailure } from "./read-failure.ts";
import { readWhole } from "./read-whole.ts";
import { relayedHeaders } from "./relayed-headers.ts";
import { repair } from "./repair.ts";
import { TappedStream } from "./tapped-stream.ts";

/**
 * The Messages API as a platform serves it. The client's own bytes go there but for what the platform wants otherwise,
 * and its answers come back as they are, under the name the client asked for.
 */
export function messagesOn(platform: MessagesPlatform): Dialect {
  const native = platform.api === "messages";
  return {
    name: "anthropic-messages",
    paths: { create: messagesPaths.create, models: "/v1/models" },
    ...(!native && { pathFor: (model, stream) => platformPaths(platform, model, stream).create }),
    forwardedHeaders: native ? headersOf(platform) : [],
    ...(native && { forwardsQuery: true, relayedHeaders }),
    ...(platform.counts && { counting: platformCounting(platform) }),
    translate: (request, target, context) => translate(platform, request, { target, context }),
    readFailure,
    repair: (body, failure) => repair(body, failure, platform),
    ...(!platform.webSearch && { lacksSearch: declaresSearch }),
  };
}

/** Betas that the platform has rules for are told by the translation. */
function headersOf({ betas }: MessagesPlatform): readonly string[] {
  return ["anthropic-version", ...(betas === undefined ? ["anthropic-beta"] : []), "user-agent", "x-app"];
}

interface Way {
  readonly target: Target;
  readonly context: TranslationContext;
}

function translate(platform: MessagesPlatform, request: ClientRequest, { target, context }: Way): Translation {
  const { model } = target;
  const written = fitToPlatform(request, { model, platform, pathHolds: pathHolds[platform.api] });
  // A model whose name stands in the path tells another name in its answer.
  const named = platform.api === "messages" && context.askedModel === readModelName(model).name;
  const renameTo = named ? undefined : context.askedModel;
  const requestBytes = request.body.length;
  if (platform.api === "invoke-model") {
    return {
      ...written,
      answerStream: () => new InvokedStream({ renameTo, requestBytes }),
      answerWhole: (answer, contentType) => readInvokedWhole(answer, contentType, renameTo),
    };
  }
  return {
    ...written,
    answerStream: () => new TappedStream({ renameTo, requestBytes }),
    answerWhole: (answer, contentType) => readWhole(answer, contentType, renameTo),
  };
}
