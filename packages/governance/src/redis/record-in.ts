import type { HeldLimit, HoldRecord } from "../limits/hold-record.ts";
import type { LimitWindow, Quantity } from "../limits/limit.ts";
import { listIn, numberIn, type ReplyPart, textIn } from "./script-reply.ts";

/** A hold as the scripts tell it: id, state, seq, time, demand (3), what it used or nothing, limits. */
export function recordIn(partition: string, part: ReplyPart | undefined): HoldRecord {
  const [id, state, seq, atMs, nanoUsd, inputTokens, outputTokens, used, limits] = listIn(part);
  return {
    id: textIn(id),
    partition,
    state: stateNamed(textIn(state)),
    seq: numberIn(seq),
    atMs: numberIn(atMs),
    demand: { nanoUsd: numberIn(nanoUsd), inputTokens: numberIn(inputTokens), outputTokens: numberIn(outputTokens) },
    used: usedIn(listIn(used)),
    limits: listIn(limits).map(limitIn),
  };
}

function stateNamed(name: string): HoldRecord["state"] {
  return name === "lapsed" || name === "expired" || name === "closed" ? name : "held";
}

function usedIn([requests, nanoUsd, inputTokens, outputTokens]: readonly ReplyPart[]): HoldRecord["used"] {
  if (requests === undefined) return undefined;
  return {
    requests: numberIn(requests) === 1 ? 1 : 0,
    nanoUsd: numberIn(nanoUsd),
    inputTokens: numberIn(inputTokens),
    outputTokens: numberIn(outputTokens),
  };
}

function limitIn(part: ReplyPart): HeldLimit {
  const [meter, of, window, amount, start, end] = listIn(part);
  const endMs = numberIn(end);
  return {
    meter: textIn(meter),
    of: quantityIn(of),
    window: windowIn(window),
    amount: numberIn(amount),
    startMs: numberIn(start),
    endMs: endMs === 0 ? undefined : endMs,
  };
}

function quantityIn(part: ReplyPart | undefined): Quantity {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a script repeats what it was given by `reserve`
  return textIn(part) as Quantity;
}

function windowIn(part: ReplyPart | undefined): LimitWindow["kind"] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a script repeats what it was given by `reserve`
  return textIn(part) as LimitWindow["kind"];
}
