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
  how: `Thinking and tool uses are cleared before the request is written, and the answer tells what was cleared. ${reasons.contextEdit}`,
};
