import { longContextBeta, readModelName } from "../../conversation/read-model-name.ts";
import type { ClientRequest, WrittenRequest } from "../dialect.ts";
import { JsonScanner } from "../../json/json-scanner.ts";
import { splice, type Edit } from "../../messages/splice.ts";
import { chooseBetas } from "./choose-betas.ts";
import { cutBillingLine } from "./cut-billing-line.ts";
import { cutGatedFields } from "./cut-gated-fields.ts";
import { filterForeignThinking, type ThinkingCuts } from "./filter-thinking.ts";
import type { MessagesPlatform } from "./platform.ts";
import { renameModel } from "./rename-model.ts";
import { supplyThinking } from "./supply-thinking.ts";

/** What a request is fitted to. */
export interface FitOptions {
  /** The platform's own name of the model. */
  readonly model: string;
  readonly platform: MessagesPlatform;
  /** Fields that the path says instead of the body. */
  readonly pathHolds: readonly ("model" | "stream")[];
  /** Fields to be written before the client's own. */
  readonly head?: Readonly<Record<string, unknown>>;
}

/** Fields that the paths of each API say instead of the body. */
export const pathHolds: Readonly<Record<MessagesPlatform["api"], readonly ("model" | "stream")[]>> = {
  messages: [],
  "invoke-model": ["model", "stream"],
  "raw-predict": ["model"],
};

/**
 * A request's own bytes but for what the platform wants otherwise, see {@link MessagesPlatform}; the very same array
 * where nothing has to change.
 */
export function fitToPlatform(request: ClientRequest, options: FitOptions): WrittenRequest {
  const { body, envelope } = request;
  const { platform, head } = options;
  const { name, longContext } = readModelName(options.model);
  const asked = betasOf(request, longContext);
  const { betas, dropped } = chooseBetas(asked, platform);
  const inBody = platform.betas?.in === "body";
  const written: Readonly<Record<string, unknown>> = {
    ...head,
    ...(platform.bodyVersion !== undefined && { anthropic_version: platform.bodyVersion }),
    ...(inBody && betas.length > 0 && { anthropic_beta: betas }),
  };
  const silent = new Set([...options.pathHolds, ...Object.keys(written), ...(inBody ? ["anthropic_beta"] : [])]);
  const scanner = new JsonScanner(body);
  // Only white space or a byte order mark can stand before it.
  const open = body.indexOf(0x7b);
  const gated = cutGatedFields(scanner, open, { platform, betas, silent });
  const thinking = thinkingEdits(request, platform);
  const edits: Edit[] = [...gated.edits, ...thinking.edits, ...renameModel(request, name)];
  if (platform.billingLine === "cut") edits.push(...cutBillingLine(scanner, envelope.spans.get("system")));
  if (Object.keys(written).length > 0) {
    edits.push({ span: { start: open, end: open + 1 }, text: `${JSON.stringify(written).slice(0, -1)},` });
  }
  const header = betaHeader(platform, betas, asked.length > (request.betas ?? none).length);
  return {
    body: splice(body, edits),
    dropped: [...dropped, ...gated.dropped, ...thinking.dropped],
    ...(header !== undefined && { betaHeader: header }),
  };
}

const none: readonly string[] = [];

/** The client's betas, and the one that the mark on a model's name stands for. */
function betasOf({ betas = none, envelope }: ClientRequest, longContext: boolean): readonly string[] {
  const marked = longContext || readModelName(envelope.model).longContext;
  return marked && !betas.includes(longContextBeta) ? [...betas, longContextBeta] : betas;
}

function betaHeader(
  { betas: rules }: MessagesPlatform,
  betas: readonly string[],
  changed: boolean,
): string | undefined {
  if (rules === undefined) return changed ? betas.join(",") : undefined;
  return rules.in === "body" ? "" : betas.join(",");
}

function thinkingEdits(request: ClientRequest, { earlierThinking }: MessagesPlatform): ThinkingCuts {
  if (earlierThinking === "verified") return filterForeignThinking(request);
  return { edits: supplyThinking(request), dropped: [] };
}
