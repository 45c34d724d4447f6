import { countAt } from "../../json/count-at.ts";
import { isRecord } from "../../json/is-record.ts";
import type { ClientRequest, Counting, TokenCount, WrittenRequest } from "../dialect.ts";
import { fitToPlatform, pathHolds } from "./fit-to-platform.ts";
import { platformPaths } from "./platform-paths.ts";
import type { MessagesPlatform } from "./platform.ts";

/** How a platform counts the tokens of a `count_tokens` request. */
export function platformCounting(platform: MessagesPlatform): Counting {
  const write = platform.api === "invoke-model" ? writeInvokeCount : writeMessagesCount;
  return {
    path: (model) => platformPaths(platform, model, false).countTokens,
    write: (request, { model }) => write(request, model, platform),
    read: readCount,
  };
}

/** A request like any other, except that the path never says the model. */
function writeMessagesCount(request: ClientRequest, model: string, platform: MessagesPlatform): WrittenRequest {
  return fitToPlatform(request, { model, platform, pathHolds: [] });
}

/** Source: AWS, "CountTokens": an InvokeModel body as a blob, which JSON writes in base64. */
function writeInvokeCount(request: ClientRequest, model: string, platform: MessagesPlatform): WrittenRequest {
  // InvokeModel refuses a body without a limit, and counting one as well.
  const head = request.envelope.spans.has("max_tokens") ? {} : { max_tokens: 1 };
  const fitted = fitToPlatform(request, { model, platform, pathHolds: pathHolds[platform.api], head });
  const counted = { input: { invokeModel: { body: base64(fitted.body) } } };
  return { ...fitted, body: new TextEncoder().encode(JSON.stringify(counted)) };
}

/** Anthropic's answer as it is, with all that it may say beside the number; Bedrock's in Anthropic's words. */
function readCount(answer: unknown): TokenCount | undefined {
  const counted = countAt(answer, "input_tokens");
  if (counted !== undefined && isRecord(answer)) return { ...answer, input_tokens: counted };
  const inputTokens = countAt(answer, "inputTokens");
  return inputTokens === undefined ? undefined : { input_tokens: inputTokens };
}

/** A multiple of three, so that the pieces join without padding. */
const pieceBytes = 24_576;

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + pieceBytes)));
  }
  return text;
}
