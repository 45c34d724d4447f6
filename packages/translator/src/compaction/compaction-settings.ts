import { isRecord } from "../json/is-record.ts";
import { listOf } from "../json/loose.ts";
import type { MessagesRequest } from "../messages/request.ts";

/** What `compact_20260112` is told to do. */
export interface CompactionSettings {
  /** Where the edit stands in the request. */
  readonly path: string;
  /** Conversations of more input tokens are compacted. */
  readonly triggerTokens: number;
  /** True when the answer is to end with the summary. */
  readonly pauses: boolean;
  /** What the model is told to write instead of a summary as usual. */
  readonly instructions: string | undefined;
}

const usualTrigger = 150_000;

/** Reads the settings, with the API's own defaults; undefined when none are there or one is not understood. Source: Anthropic docs, "Compaction". */
export function readCompactionSettings({
  context_management: management,
}: MessagesRequest): CompactionSettings | undefined {
  const edits = isRecord(management) ? listOf(management["edits"]) : [];
  const index = edits.findIndex((edit) => isRecord(edit) && edit["type"] === "compact_20260112");
  const edit = edits[index];
  if (!isRecord(edit)) return undefined;
  const { trigger, instructions, pause_after_compaction: pauses } = edit;
  const triggerTokens = readTrigger(trigger);
  if (triggerTokens === undefined || !isOptional(instructions, "string") || !isOptional(pauses, "boolean"))
    return undefined;
  return {
    path: `context_management.edits[${index}]`,
    triggerTokens,
    pauses: pauses === true,
    instructions: typeof instructions === "string" && instructions.trim() !== "" ? instructions : undefined,
  };
}

function readTrigger(trigger: unknown): number | undefined {
  if (trigger === undefined || trigger === null) return usualTrigger;
  if (!isRecord(trigger) || trigger["type"] !== "input_tokens") return undefined;
  const { value } = trigger;
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : undefined;
}

function isOptional(value: unknown, type: "string" | "boolean"): boolean {
  return value === undefined || value === null || typeof value === type;
}
