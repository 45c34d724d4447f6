import { editContext } from "../conversation/edit-context.ts";
import type { ClientRequest, Dialect, Translation } from "../dialects/dialect.ts";
import { rewriteRequest } from "../dialects/rewrite-request.ts";
import { estimateInputTokens } from "../messages/estimate-input-tokens.ts";
import { parseRequest } from "../messages/parse-request.ts";
import type { MessagesRequest } from "../messages/request.ts";
import { RoundsStream } from "../stream/rounds-stream.ts";
import { RoundsWhole } from "../stream/rounds-whole.ts";
import { CompactedCall } from "./compacted-call.ts";
import { readCompactionSettings, type CompactionSettings } from "./compaction-settings.ts";
import { afterSummary, summaryRequest } from "./summary-request.ts";

const decoder = new TextDecoder();

/**
 * The same dialect for callers that can make several calls for one answer: where no provider compacts conversations by
 * itself and a request asks for it, a conversation beyond the trigger is summed up first, by the model itself, and the
 * answer begins with the summary. The second call is handed out as the `rounds` of the answer. All else stays as it is.
 */
export function withCompaction(dialect: Dialect): Dialect {
  if (dialect.lacksCompaction !== true) return dialect;
  return {
    ...dialect,
    translate(client, target, context) {
      const plain = dialect.translate(client, target, context);
      const asked = mayCompact(client) ? parseRequest(client.body) : undefined;
      const settings = asked && readCompactionSettings(asked);
      // An answer in rounds has its calls for something else already.
      if (asked === undefined || settings === undefined || plain.answerInRounds !== undefined) return plain;
      const { request, contextManagement } = editContext(asked);
      const known = withoutDrop(plain, settings);
      if (plain.answer !== undefined || !isDue(request, settings)) return known;
      const translate = (next: MessagesRequest): Translation =>
        dialect.translate(rewriteRequest(client, next), target, context);
      const translation = translate(summaryRequest(request, settings.instructions));
      const start = (): CompactedCall =>
        new CompactedCall({
          translation,
          pauses: settings.pauses,
          contextManagement,
          goOn: (summary) => (summary === null ? plain : translate(afterSummary(request, summary))),
        });
      return {
        ...known,
        body: translation.body,
        answerStream: () => new RoundsStream(start()),
        answerInRounds: () => new RoundsWhole(start()),
      };
    },
  };
}

/** Looks at the bytes first: nearly no request asks for it. */
function mayCompact({ body, envelope }: ClientRequest): boolean {
  const span = envelope.spans.get("context_management");
  return span !== undefined && decoder.decode(body.subarray(span.start, span.end)).includes("compact_20260112");
}

/** Where tools and system prompt fill the context, a summary would not empty it, and the next turn would ask for another. */
function isDue(request: MessagesRequest, { triggerTokens }: CompactionSettings): boolean {
  if (estimateInputTokens(request) <= triggerTokens) return false;
  return estimateInputTokens({ messages: request.messages }) * 2 > triggerTokens;
}

/** What is done here is not left out, even when it has nothing to do. */
function withoutDrop(translation: Translation, { path }: CompactionSettings): Translation {
  return { ...translation, dropped: translation.dropped.filter((drop) => drop.path !== path) };
}
