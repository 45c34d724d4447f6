import type { ClientRequest, Dropped } from "../dialect.ts";
import { JsonScanner } from "../../json/json-scanner.ts";
import { splice, type Edit } from "../../messages/splice.ts";
import { chooseBetas } from "./choose-betas.ts";
import { cutBillingLine } from "./cut-billing-line.ts";
import { cutGatedFields } from "./cut-gated-fields.ts";
import { filterForeignThinking, type ThinkingCuts } from "./filter-thinking.ts";
import type { MessagesPlatform } from "./platform.ts";
import { renameModel } from "./rename-model.ts";
import { supplyThinking } from "./supply-thinking.ts";

/** A request as a platform takes it. */
export interface PlatformRequest {
  readonly body: Uint8Array;
  readonly dropped: readonly Dropped[];
  /** What `anthropic-beta` is to say: an empty text for nothing, undefined for what the client said. */
  readonly betaHeader: string | undefined;
}

/** A request's own bytes but for what the platform wants otherwise; see {@link MessagesPlatform}. */
export function fitToPlatform(request: ClientRequest, model: string, platform: MessagesPlatform): PlatformRequest {
  return fit(request, { model, platform, pathHolds: platform.pathHolds, head: {} });
}

/** The body that has a platform count the tokens of a `count_tokens` request; `readPlatformCount` reads the answer. */
export function countOnPlatform(request: ClientRequest, model: string, platform: MessagesPlatform): PlatformRequest {
  if (platform.counting !== "invoke-body") return fit(request, { model, platform, pathHolds: [], head: {} });
  // InvokeModel refuses a body without a limit, and counting one as well.
  const head = request.envelope.spans.has("max_tokens") ? {} : { max_tokens: 1 };
  const fitted = fit(request, { model, platform, pathHolds: platform.pathHolds, head });
  const counted = { input: { invokeModel: { body: base64(fitted.body) } } };
  return { ...fitted, body: new TextEncoder().encode(JSON.stringify(counted)) };
}

interface FitOptions {
  readonly model: string;
  readonly platform: MessagesPlatform;
  readonly pathHolds: readonly string[];
  /** Fields to be written before the client's own. */
  readonly head: Readonly<Record<string, unknown>>;
}

function fit(request: ClientRequest, { model, platform, pathHolds, head }: FitOptions): PlatformRequest {
  const { body, envelope } = request;
  const scanner = new JsonScanner(body);
  const { betas, dropped } = chooseBetas(request.betas ?? [], platform);
  const inBody = platform.betas?.in === "body";
  const written: Readonly<Record<string, unknown>> = {
    ...head,
    ...(platform.bodyVersion !== undefined && { anthropic_version: platform.bodyVersion }),
    ...(inBody && betas.length > 0 && { anthropic_beta: betas }),
  };
  const silent = new Set([...pathHolds, ...Object.keys(written), ...(inBody ? ["anthropic_beta"] : [])]);
  // Only white space or a byte order mark can stand before it.
  const open = body.indexOf(0x7b);
  const gated = cutGatedFields(scanner, open, { platform, betas, silent });
  const thinking = thinkingEdits(request, platform);
  const edits: Edit[] = [...gated.edits, ...thinking.edits, ...renameModel(request, model)];
  if (platform.billingLine === "cut") edits.push(...cutBillingLine(scanner, envelope.spans.get("system")));
  if (Object.keys(written).length > 0) {
    edits.push({ span: { start: open, end: open + 1 }, text: `${JSON.stringify(written).slice(0, -1)},` });
  }
  return {
    body: splice(body, edits),
    dropped: [...dropped, ...gated.dropped, ...thinking.dropped],
    betaHeader: betaHeader(platform, betas),
  };
}

function betaHeader({ betas: rules }: MessagesPlatform, betas: readonly string[]): string | undefined {
  if (rules === undefined) return undefined;
  return rules.in === "body" ? "" : betas.join(",");
}

function thinkingEdits(request: ClientRequest, { earlierThinking }: MessagesPlatform): ThinkingCuts {
  if (earlierThinking === "verified") return filterForeignThinking(request);
  return { edits: supplyThinking(request), dropped: [] };
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
