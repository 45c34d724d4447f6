/** What a limit counts. Money is in integer nano-USD: 1 USD is 1,000,000,000. */
export type Quantity = "nanoUsd" | "requests" | "inputTokens" | "outputTokens" | "totalTokens";

/** A unit of the calendar; a week begins on Monday, as in ISO 8601. */
export type CalendarUnit = "minute" | "hour" | "day" | "week" | "month" | "quarter" | "year";

/** A period of the calendar in an IANA time zone, like `Europe/Berlin`. */
export interface CalendarWindow {
  readonly kind: "calendar";
  readonly unit: CalendarUnit;
  readonly timeZone: string;
}

/**
 * Within what a limit holds: a period of the calendar, any stretch of `ms`, all time, at one moment (`parallel`, for
 * requests), or a single request.
 */
export type LimitWindow =
  | CalendarWindow
  | { readonly kind: "rolling"; readonly ms: number }
  | { readonly kind: "total" }
  | { readonly kind: "parallel" }
  | { readonly kind: "request" };

/**
 * At most `amount` of something within a window: a budget, a rate, a cap on parallel requests or on a single one.
 * What has been used belongs to the scope, `of` and the window, so another `amount` keeps it.
 */
export interface Limit {
  readonly of: Quantity;
  readonly amount: number;
  readonly window: LimitWindow;
}

/** What one request is expected to take, or took. Whole numbers, never negative. */
export interface Amounts {
  readonly nanoUsd: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}
