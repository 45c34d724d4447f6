import { isTranslatorError } from "../../errors.ts";
import { JsonScanner } from "../../json/json-scanner.ts";
import { topLevelSpans } from "../../json/top-level-spans.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { splice, type Edit } from "../../messages/splice.ts";
import type { Span } from "../dialect.ts";
import { cutGatedFields } from "./cut-gated-fields.ts";
import { cutNamedField } from "./cut-named-field.ts";
import { stripThinking, turnThinkingOff } from "./filter-thinking.ts";
import type { MessagesPlatform } from "./platform.ts";
import { readRefusedFeature } from "./refused-feature.ts";
import { withoutFeature } from "./without-feature.ts";

// "Invalid `signature` in `thinking` block", "….thinking.signature: Field required", "`thinking` or
// `redacted_thinking` blocks in the latest assistant message cannot be modified", "Invalid `data` in
// `redacted_thinking` block", "each thinking block must contain thinking".
const aboutThinking =
  /signature.{0,20}thinking|thinking.{0,20}signature|thinking.{0,80}cannot be modified|invalid.{0,8}data.{0,8}in.{0,4}redacted_thinking|each.{0,4}thinking.{0,4}block must contain/iu;
/** A model that does not think has answered in the middle of a turn, and Claude is to go on with it. */
const lacksThinking = /expected `?thinking.{0,40} but found/iu;
/** It names none, so none can be kept. */
const aboutBetas = /invalid beta flag|anthropic[_-]beta/iu;

/**
 * After a refusal of earlier thinking's signatures: the request without that thinking. They are bound to their
 * prefix and their account, so a switch of either makes them invalid. After a refusal of a turn that lacks
 * thinking: the request with thinking turned off. After a refusal of what the model has not: the request in a form that
 * does without. Where the platform's rules allow it, also without betas in the body or without a field that was refused
 * by name. Undefined for every other failure, and when nothing is left to leave out.
 */
export function repair(
  body: Uint8Array,
  failure: UpstreamFailure,
  platform: MessagesPlatform,
): Uint8Array<ArrayBuffer> | undefined {
  if (failure.kind !== "invalid-request" && failure.kind !== "unsupported-parameter") return undefined;
  const spans = topLevelSpans(body);
  if (spans === undefined) return undefined;
  try {
    const edits = editsFor(failure, { body, envelope: { spans } }, platform);
    return edits.length === 0 ? undefined : splice(body, edits);
  } catch (error) {
    if (isTranslatorError(error)) return undefined;
    throw error;
  }
}

interface Sent {
  readonly body: Uint8Array;
  readonly envelope: { readonly spans: ReadonlyMap<string, Span> };
}

function editsFor({ message, parameter }: UpstreamFailure, sent: Sent, platform: MessagesPlatform): readonly Edit[] {
  if (lacksThinking.test(message)) return turnThinkingOff(sent).edits;
  if (aboutThinking.test(message)) return stripThinking(sent).edits;
  const { spans } = sent.envelope;
  const feature = readRefusedFeature(message);
  if (feature !== undefined) return withoutFeature(sent.body, spans, feature);
  const scanner = new JsonScanner(sent.body);
  const start = sent.body.indexOf(0x7b);
  if (platform.betas?.in === "body" && spans.has("anthropic_beta") && aboutBetas.test(message)) {
    return cutGatedFields(scanner, start, { platform, betas: [], silent: new Set(["anthropic_beta"]) }).edits;
  }
  if (platform.refusedFields === "tell" || parameter === undefined) return [];
  return cutNamedField(scanner, { start, end: sent.body.length }, parameter);
}
