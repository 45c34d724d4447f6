/** One line of a dialect's table: a feature of the Messages API and what becomes of it. */
export interface CarryRow {
  readonly feature: string;
  readonly carried: "yes" | "partly" | "no";
  /** How it is carried, and what of it stays behind and why; complete sentences. */
  readonly how: string;
}
