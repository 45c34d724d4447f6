import type { HeldLimit, HoldRecord } from "../limits/hold-record.ts";
import type { LimitWindow, Quantity } from "../limits/limit.ts";
import { listIn, numberIn, type ReplyPart, textIn } from "./script-reply.ts";

const partsOfLimit = 7;
const states: Readonly<Record<string, HoldRecord["state"]>> = { 0: "held", 1: "lapsed", 2: "expired" };

/** A hold as the scripts tell it: id, state, seq, time, demand (3), what it used or nothing, limits in a row. */
export function recordIn(partition: string, part: ReplyPart | undefined): HoldRecord {
  const [id, state, seq, atMs, nanoUsd, inputTokens, outputTokens, used, limits] = listIn(part);
  return {
    id: textIn(id),
    partition,
    state: states[textIn(state)] ?? stateNamed(textIn(state)),
    seq: numberIn(seq),
    atMs: numberIn(atMs),
    demand: { nanoUsd: numberIn(nanoUsd), inputTokens: numberIn(inputTokens), outputTokens: numberIn(outputTokens) },
    used: usedIn(listIn(used)),
    limits: limitsIn(listIn(limits)),
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

function limitsIn(row: readonly ReplyPart[]): HeldLimit[] {
  const limits: HeldLimit[] = [];
  for (let at = 0; at < row.length; at += partsOfLimit) {
    const [meter, of, window, amount, start, end] = row.slice(at, at + partsOfLimit);
    const endMs = numberIn(end);
    limits.push({
      meter: textIn(meter),
      of: quantityIn(of),
      window: windowIn(window),
      amount: numberIn(amount),
      startMs: numberIn(start),
      endMs: endMs === 0 ? undefined : endMs,
    });
  }
  return limits;
}

function quantityIn(part: ReplyPart | undefined): Quantity {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a script repeats what it was given by `reserve`
  return textIn(part) as Quantity;
}

function windowIn(part: ReplyPart | undefined): LimitWindow["kind"] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a script repeats what it was given by `reserve`
  return textIn(part) as LimitWindow["kind"];
}
