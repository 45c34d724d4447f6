import type { BlockDelta } from "../../messages/events.ts";

/** One item of an answer while it is being written. */
export interface OutputItem {
  /** The events that begin it. */
  start(): string;
  /** The events that a delta of its block amounts to. */
  take(delta: BlockDelta): string;
  /** The events that end what it holds; `item` is final afterwards. */
  end(): string;
  /** The item in JSON as it stands in the answer, once it has ended. */
  item(): string;
}

/** Where in the answer an item stands. */
export interface ItemPlace {
  readonly id: string;
  readonly index: number;
}

/** The fields by which events name an item, as the beginning of a JSON object. */
export function naming({ id, index }: ItemPlace): string {
  return `"item_id":${JSON.stringify(id)},"output_index":${index},`;
}
