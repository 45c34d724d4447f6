import type { Dropped } from "../dialects/dialect.ts";
import { isRecord } from "../json/is-record.ts";
import type { AppliedEdit, ContextManagement } from "../messages/context-management.ts";
import type { MessagesRequest } from "../messages/request.ts";
import { clearThinking, type EditedMessages } from "./clear-thinking.ts";
import { clearToolUses } from "./clear-tool-uses.ts";
import { reasons } from "./reasons.ts";
import { startAtCompaction } from "./start-at-compaction.ts";

/** A request whose context has been edited as it asks, and what of that could not be done. */
export interface EditedContext {
  readonly request: MessagesRequest;
  readonly dropped: readonly Dropped[];
  /** What the answer is to tell; undefined when the request asks for no edits. */
  readonly contextManagement: ContextManagement | undefined;
}

const field = "context_management";

/**
 * Makes the edits of `context_management` here, for providers that make none: clearing thinking and clearing tool uses,
 * in the order of the request. The same request is edited the same way every time. All other edits are in `dropped`.
 * A conversation that was compacted earlier begins with its summary, whether edits are asked for or not.
 */
export function editContext(asked: MessagesRequest): EditedContext {
  const request = startAtCompaction(asked);
  const { [field]: management, ...rest } = request;
  if (management === undefined || management === null) return { request, dropped: [], contextManagement: undefined };
  if (!isRecord(management)) return { ...withoutEdits(rest), dropped: [{ path: field, reason: reasons.contextEdit }] };
  const { edits, ...others } = management;
  const dropped: Dropped[] = Object.keys(others).map((key) => drop(`${field}.${key}`));
  const applied: AppliedEdit[] = [];
  let edited: MessagesRequest = rest;
  for (const [index, edit] of listed(edits).entries()) {
    const made = makeEdit(edited, edit);
    if (made === undefined) dropped.push(drop(`${field}.edits[${index}]`));
    else if (made.applied !== undefined) {
      edited = { ...edited, messages: made.messages };
      applied.push(made.applied);
    }
  }
  if (edits !== undefined && edits !== null && !Array.isArray(edits)) dropped.push(drop(`${field}.edits`));
  return { request: edited, dropped, contextManagement: { applied_edits: applied } };
}

function withoutEdits(request: MessagesRequest): Omit<EditedContext, "dropped"> {
  return { request, contextManagement: { applied_edits: [] } };
}

function drop(path: string): Dropped {
  return { path, reason: reasons.contextEdit };
}

function listed(edits: unknown): readonly unknown[] {
  return Array.isArray(edits) ? edits : [];
}

/** Undefined for an edit that is unknown, or set to something unknown. */
function makeEdit(request: MessagesRequest, edit: unknown): EditedMessages | undefined {
  if (!isRecord(edit)) return undefined;
  switch (edit["type"]) {
    case "clear_thinking_20251015":
      return clearThinking(request.messages, edit);
    case "clear_tool_uses_20250919":
      return clearToolUses(request, edit);
    default:
      return undefined;
  }
}
