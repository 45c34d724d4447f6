import type { HttpErrorFault } from "./fault.ts";
import type { Rendering } from "./rendering.ts";

/** How the fake provider speaks one dialect. */
export interface Face {
  readonly rendering: Rendering;
  /** Says what the vendor would refuse in a request, in the vendor's words. */
  check(body: unknown, model: string): string | undefined;
  /** What a wrong credential gets. */
  readonly wrongKey: HttpErrorFault;
  /** The list of models. */
  list(ids: readonly string[]): unknown;
}
