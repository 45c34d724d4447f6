import { reasons } from "../conversation/reasons.ts";

/** One line of a dialect's table: a feature of the Messages API and what becomes of it. */
export interface CarryRow {
  readonly feature: string;
  readonly carried: "yes" | "partly" | "no";
  /** How it is carried, and what of it stays behind and why; complete sentences. */
  readonly how: string;
}

/** What becomes of `context_management` where the provider edits no context. */
export const contextManagementRow: CarryRow = {
  feature: "context_management",
  carried: "partly",
  how: `Thinking and tool uses are cleared before the request is written, and the answer tells what was cleared. For compaction the model is asked for a summary first, in a call of its own, and the answer begins with it; only a caller that can make two calls for one answer has that, as the gateway does. Earlier compactions stand for what they sum up. ${reasons.contextEdit}`,
};
