import { chargeOf, type HeldLimit, type HoldRecord } from "../limits/hold-record.ts";
import type { PartitionState, SlotRecord } from "../limits/limit-book.ts";
import { ruleOfMeter } from "../limits/rule-of-meter.ts";
import { slotLengthMs } from "../limits/spans.ts";
import { type Fenced, fencedBy, type PartitionLeases, type StepMark, type StepRunner } from "./partition-steps.ts";
import { recordIn } from "./record-in.ts";
import { listIn, numberIn, type ReplyPart, textIn } from "./script-reply.ts";

/** A hold that was written down, with the epoch in which it was made (-1 for none) and the one in which it was written. */
export interface WrittenHold {
  readonly record: HoldRecord;
  /** True when it was written before, and nobody knows whether: the book has not answered. */
  readonly isRepeated?: boolean;
  readonly madeIn: number;
  readonly writtenIn: number;
  /** False for one whose end was written down before. */
  readonly isNews?: boolean;
}

/** What was added to a partition of that epoch. */
export interface MergedHolds {
  readonly outcome: "merged";
  readonly load: number;
}

/** A slot as a partition of Redis has it. */
export interface CountedSlot {
  readonly meter: string;
  readonly startMs: number;
  readonly settled: number;
  readonly held: number;
}

/** All that a partition of Redis has. */
export interface PartitionDump {
  readonly outcome: "dump";
  readonly mark: StepMark;
  readonly slots: readonly CountedSlot[];
  readonly holds: readonly HoldRecord[];
}

const codes: Readonly<Record<HoldRecord["state"], string>> = { held: "0", lapsed: "1", expired: "2", closed: "closed" };

/** What is done with partitions of Redis as a whole, to have them say what a book says. */
export class PartitionFilling {
  readonly #runner: StepRunner;
  readonly #leases: PartitionLeases;

  constructor(runner: StepRunner, leases: PartitionLeases) {
    this.#runner = runner;
    this.#leases = leases;
  }

  /**
   * Puts a state in the place of what a partition holds, unless that is of the same epoch or a later one. Requests are
   * admitted after `settleMs`, all else is at once. Gives the time of Redis.
   */
  async seed(
    partition: string,
    { epoch, slots, holds }: PartitionState,
    settleMs: number,
  ): Promise<StepMark | undefined> {
    const state = JSON.stringify({ slots: slots.map(slotEntry), holds: holds.map(holdEntry) });
    const { leaseMs, graceMs } = this.#leases;
    const reply = await this.#runner.run("seed", partition, [epoch, settleMs, leaseMs, graceMs, state]);
    return reply[0] === "seeded" ? this.#mark(partition, reply) : undefined;
  }

  /** Adds what a partition does not know of holds; not those that are for an epoch which it is not filled in yet. */
  async merge(partition: string, holds: readonly WrittenHold[]): Promise<Fenced | MergedHolds> {
    const entries = holds.map(({ record, madeIn, writtenIn }) => {
      const { used } = record;
      const taken = used === undefined ? [] : [used.requests, used.nanoUsd, used.inputTokens, used.outputTokens];
      return [...holdEntry(record), taken, madeIn, writtenIn];
    });
    const { leaseMs, graceMs } = this.#leases;
    const reply = await this.#runner.run("merge", partition, [leaseMs, graceMs, JSON.stringify(entries)]);
    if (reply[0] !== "merged") return fencedBy(reply);
    return { outcome: "merged", load: this.#mark(partition, reply).load };
  }

  /** Whether a partition is there, as it was left. */
  async check(partition: string): Promise<Fenced | { readonly outcome: "there" }> {
    const reply = await this.#runner.run("check", partition, []);
    return reply[0] === "there" ? { outcome: "there" } : fencedBy(reply);
  }

  /** All that a partition has. */
  async dump(partition: string): Promise<Fenced | PartitionDump> {
    const reply = await this.#runner.run("dump", partition, []);
    if (reply[0] !== "dump") return fencedBy(reply);
    return {
      outcome: "dump",
      mark: this.#mark(partition, reply),
      slots: listIn(reply[4]).map(countedSlot),
      holds: listIn(reply[5]).map((part) => recordIn(partition, part)),
    };
  }

  #mark(partition: string, [, seq, atMs, load]: readonly ReplyPart[]): StepMark {
    const mark = { seq: numberIn(seq), atMs: numberIn(atMs), load: numberIn(load) };
    this.#runner.saw(partition, mark.seq);
    return mark;
  }
}

function slotEntry({ meter, startMs, endMs, settled }: SlotRecord): readonly (string | number)[] {
  const { kind, lengthMs } = windowOf(meter);
  return [meter, kind, startMs, endMs ?? 0, lengthMs, settled];
}

/** Redis keeps of an expired hold what it was charged with. */
function holdEntry(hold: HoldRecord): readonly unknown[] {
  const { id, state, limits } = hold;
  const { nanoUsd, inputTokens, outputTokens } = state === "expired" ? chargeOf(hold) : hold.demand;
  const charged = state === "expired" && hold.used !== undefined ? 1 : 0;
  return [id, codes[state], nanoUsd, inputTokens, outputTokens, limits.map(limitEntry), charged];
}

function limitEntry({ meter, of, window, amount, startMs, endMs }: HeldLimit): readonly (string | number)[] {
  return [meter, of, window, amount, startMs, endMs ?? 0, windowOf(meter).lengthMs];
}

function windowOf(meter: string): { readonly kind: string; readonly lengthMs: number } {
  const { window } = ruleOfMeter(meter, 0).limit;
  return { kind: window.kind, lengthMs: window.kind === "rolling" ? slotLengthMs(window.ms) : 0 };
}

function countedSlot(part: ReplyPart): CountedSlot {
  const [field, settled, held] = listIn(part);
  const [, start = "", meter = ""] = /^s:(\d+):(.*)$/u.exec(textIn(field)) ?? [];
  return { meter, startMs: Number(start), settled: numberIn(settled), held: numberIn(held) };
}
