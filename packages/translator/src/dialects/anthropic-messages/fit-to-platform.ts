import { longContextBeta, readModelName } from "../../conversation/read-model-name.ts";
import type { ClientRequest, WrittenRequest } from "../dialect.ts";
import { JsonScanner } from "../../json/json-scanner.ts";
import { topLevelSpans } from "../../json/top-level-spans.ts";
import { splice, type Edit } from "../../messages/splice.ts";
import { chooseBetas } from "./choose-betas.ts";
import { cutBillingLine } from "./cut-billing-line.ts";
import { cutGatedFields } from "./cut-gated-fields.ts";
import { filterForeignThinking, type ThinkingCuts } from "./filter-thinking.ts";
import { fitMessages, type FittedMessages } from "./fit-messages.ts";
import { findForeignSearches } from "./foreign-searches.ts";
import type { MessagesPlatform } from "./platform.ts";
import { renameModel } from "./rename-model.ts";
import { supplyThinking } from "./supply-thinking.ts";
import { systemAsUser } from "./system-as-user.ts";

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
export function fitToPlatform(client: ClientRequest, options: FitOptions): WrittenRequest {
  const { platform, head } = options;
  const request = platform.systemMessages === "native" ? client : withoutSystemMessages(client);
  const { body, envelope } = request;
  const { name, longContext } = readModelName(options.model);
  const asked = betasOf(request, longContext);
  const { betas, dropped } = chooseBetas(asked, platform);
  const written = fieldsFor(platform, betas, head);
  const silent = silentFields(options, written);
  const scanner = new JsonScanner(body);
  const open = firstBrace(scanner);
  const gated = cutGatedFields(scanner, open, { platform, betas, silent });
  const thinking = thinkingEdits(request, platform);
  const told = toldInWords(scanner, request, platform);
  const edits: Edit[] = [...gated.edits, ...thinking.edits, ...told.edits, ...renameModel(request, name)];
  if (platform.billingLine === "cut") edits.push(...cutBillingLine(scanner, envelope.spans.get("system")));
  if (written !== nothingWritten) {
    edits.push({ span: { start: open, end: open + 1 }, text: `${JSON.stringify(written).slice(0, -1)},` });
  }
  const header = betaHeader(platform, betas, asked.length > (request.betas ?? none).length);
  return {
    body: splice(body, edits),
    dropped: [...dropped, ...gated.dropped, ...thinking.dropped, ...told.dropped],
    betaHeader: header,
  };
}

/** Only white space or a byte order mark can stand before it. */
function firstBrace(scanner: JsonScanner): number {
  let at = 0;
  while (at < scanner.bytes.length && scanner.byteAt(at) !== 0x7b) at += 1;
  return at;
}

type Fields = Readonly<Record<string, unknown>>;

const nothingWritten: Fields = {};

/** Fields that the platform wants at the head of the body. */
function fieldsFor(
  { betas: rules, bodyVersion }: MessagesPlatform,
  betas: readonly string[],
  head: FitOptions["head"],
): Fields {
  const tellsBetas = rules?.in === "body" && betas.length > 0;
  if (head === undefined && bodyVersion === undefined && !tellsBetas) return nothingWritten;
  return {
    ...head,
    ...(bodyVersion !== undefined && { anthropic_version: bodyVersion }),
    ...(tellsBetas && { anthropic_beta: betas }),
  };
}

const nothingSilent: ReadonlySet<string> = new Set();

/** The client's own fields that go without a word. */
function silentFields({ pathHolds: held, platform }: FitOptions, written: Fields): ReadonlySet<string> {
  const betas = platform.betas?.in === "body" ? ["anthropic_beta"] : none;
  if (written === nothingWritten && held.length + betas.length === 0) return nothingSilent;
  return new Set([...held, ...Object.keys(written), ...betas]);
}

function toldInWords(scanner: JsonScanner, request: ClientRequest, { blocks }: MessagesPlatform): FittedMessages {
  const messages = request.envelope.spans.get("messages");
  const foreign = findForeignSearches(scanner, request);
  if (messages === undefined || (blocks === undefined && foreign.size === 0)) return nothing;
  return fitMessages(scanner, messages, { blocks, foreign });
}

/** The request with what the system says in mid-conversation said by the user. */
function withoutSystemMessages(request: ClientRequest): ClientRequest {
  const { thinkingAt: _moved, searchesAt: _movedToo, mediaAt: _movedAsWell, ...envelope } = request.envelope;
  const messages = envelope.spans.get("messages");
  const edits = messages === undefined ? [] : systemAsUser(new JsonScanner(request.body), messages);
  if (edits.length === 0) return request;
  const body = splice(request.body, edits);
  return { ...request, body, envelope: { ...envelope, spans: topLevelSpans(body) ?? envelope.spans } };
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

const nothing: FittedMessages = { edits: [], dropped: [] };

function thinkingEdits(request: ClientRequest, { earlierThinking }: MessagesPlatform): ThinkingCuts {
  if (earlierThinking === "verified") return filterForeignThinking(request);
  if (earlierThinking === "kept") return nothing;
  return { edits: supplyThinking(request), dropped: [] };
}
