/** One edit of the context that was made before the model read it; token counts are estimates. */
export type AppliedEdit =
  | {
      readonly type: "clear_thinking_20251015";
      readonly cleared_thinking_turns: number;
      readonly cleared_input_tokens: number;
    }
  | {
      readonly type: "clear_tool_uses_20250919";
      readonly cleared_tool_uses: number;
      readonly cleared_input_tokens: number;
    };

/** What editing the context came to, as an answer tells it. Source: `BetaContextManagementResponse` in anthropic-sdk-typescript. */
export interface ContextManagement {
  readonly applied_edits: readonly AppliedEdit[];
}
