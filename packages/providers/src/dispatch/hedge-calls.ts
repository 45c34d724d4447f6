import type { Sleep } from "./start-deadline.ts";

/** How a call ended: with a value, or with an error after which another place may be asked unless it is final. */
export type CallResult<V> =
  | { readonly ok: true; readonly value: V }
  | { readonly ok: false; readonly error: unknown; readonly isFinal: boolean };

/** A call on its way. */
export interface StartedCall<V> {
  /** Never rejects. */
  readonly ended: Promise<CallResult<V>>;
  /** Ends it at once, since another was quicker. */
  lose(): void;
}

/** When and how a second call begins beside a slow one. */
export interface Hedge<V> {
  readonly afterMs: number;
  readonly sleep: Sleep;
  /** Undefined when there is no second place, or no leave to ask it. */
  readonly start: () => StartedCall<V> | undefined;
}

/**
 * Gives the result of the quicker of two calls, of which the second begins only when the first is slow. The one that is
 * not needed is ended at once. One that fails leaves the matter to the other.
 */
export async function hedgeCalls<V>(first: StartedCall<V>, hedge: Hedge<V>): Promise<CallResult<V>> {
  const timer = new AbortController();
  const waited = hedge.sleep(hedge.afterMs, timer.signal).then(
    () => undefined,
    () => undefined,
  );
  const early = await Promise.race([first.ended, waited]);
  timer.abort();
  if (early !== undefined) return early;
  const second = hedge.start();
  if (second === undefined) return first.ended;
  const quicker = await Promise.race([
    first.ended.then((result) => ({ result, other: second })),
    second.ended.then((result) => ({ result, other: first })),
  ]);
  if (!quicker.result.ok && !quicker.result.isFinal) return quicker.other.ended;
  quicker.other.lose();
  return quicker.result;
}
