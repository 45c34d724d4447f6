import { GovernanceError } from "../errors.ts";
import { demandOf } from "../limits/demand.ts";
import { checkReservation } from "../limits/check-reservation.ts";
import type { HeldLimit, HoldRecord } from "../limits/hold-record.ts";
import type { HoldRef } from "../limits/hold-ref.ts";
import type { Amounts } from "../limits/limit.ts";
import type { LimitRule, LimitScope } from "../limits/limit-scope.ts";
import type { LimitRefusal, LimitUsage, Reservation, TouchedHold } from "../limits/limit-store.ts";
import { hardest } from "../limits/refuse.ts";
import { ruleOfMeter } from "../limits/rule-of-meter.ts";
import { slotLengthMs, Spans } from "../limits/spans.ts";
import { recordIn } from "./record-in.ts";
import { listIn, numberIn, type ReplyPart, textIn } from "./script-reply.ts";
import type { ScriptRunner } from "./script-runner.ts";

/** Where in a partition's life a step was made: its place, the store's time, and the epoch that it was filled in. */
export interface StepMark {
  readonly seq: number;
  readonly atMs: number;
  readonly load: number;
}

/** What the partition cannot answer since it has to be filled first. */
export interface Fenced {
  readonly outcome: "fenced";
  /** Whether it is for this process to do that: no other one is told so for a second. */
  readonly isOurs: boolean;
}

/** As a reservation is answered, with its record where it is held. `settling` is a partition filled a moment ago. */
export type ReserveReply =
  | Fenced
  | { readonly outcome: "held"; readonly mark: StepMark; readonly record: HoldRecord; readonly isNew: boolean }
  | { readonly outcome: "refused"; readonly refusal: LimitRefusal }
  | { readonly outcome: "closed" }
  | { readonly outcome: "settling" };

/** As a top-up is answered. */
export type TopUpReply =
  | Fenced
  | { readonly outcome: "held"; readonly mark: StepMark; readonly record: HoldRecord }
  | { readonly outcome: "refused"; readonly refusal: LimitRefusal }
  | { readonly outcome: "lost" }
  | { readonly outcome: "settling" };

/** As closing is answered. */
export type CloseReply =
  | Fenced
  | { readonly outcome: "done"; readonly mark: StepMark; readonly record: HoldRecord | undefined }
  | { readonly outcome: "already" | "unknown" };

/** As holds are touched. */
export type TouchReply = Fenced | { readonly outcome: "touched"; readonly lost: readonly string[] };

/** What a sweep of a partition found; `nextMs` is when to come again, undefined for never. */
export type SweepReply = Fenced | PartitionSweep;

/** A sweep of a partition that was swept. */
export interface PartitionSweep {
  readonly outcome: "swept";
  readonly nextMs: number | undefined;
  readonly load: number;
  readonly changed: readonly HoldRecord[];
}

/** As usage is told. */
export type UsageReply = Fenced | { readonly outcome: "usage"; readonly usages: readonly LimitUsage[] };

/** How closing may differ. */
export interface CloseChoices {
  /** A hold that is not there cannot begin any more: its reservation may still be on its way. */
  readonly forget?: boolean;
  /** Whether the closed hold is to be told. */
  readonly tell?: boolean;
}

/** How long holds live in a partition. */
export interface PartitionLeases {
  readonly leaseMs: number;
  readonly graceMs: number;
}

/** Runs scripts, and is told how far a partition has come. */
export type StepRunner = Pick<ScriptRunner, "run" | "saw">;

const mostTries = 5;

/** The steps of a limit store on one partition of Redis, each as its script answers. */
export class PartitionSteps {
  readonly #runner: StepRunner;
  readonly #clock: () => number;
  readonly #leases: PartitionLeases;
  readonly #spans = new Spans();

  constructor({ runner, clock, ...leases }: PartitionLeases & { runner: StepRunner; clock: () => number }) {
    this.#runner = runner;
    this.#clock = clock;
    this.#leases = leases;
  }

  /** As of LimitStore. */
  async reserve(reservation: Reservation): Promise<ReserveReply> {
    checkReservation(reservation);
    const { id, partition = "", scopes, need, charge } = reservation;
    const demand = demandOf(need, 1);
    const rules = scopes.flatMap((scope) => scope.rules);
    const { leaseMs } = this.#leases;
    const head = [id, demand.nanoUsd, demand.inputTokens, demand.outputTokens, leaseMs, ...chargeIn(charge)];
    const reply = await this.#timed(rules, (placed) => this.#run("reserve", partition, [...head, ...placed]));
    switch (reply[0]) {
      case "held": {
        const mark = this.#mark(partition, reply);
        // One that was there already counts where it began.
        const isNew = reply.length === 4;
        const record = isNew ? this.#recordOf(reservation, rules, mark) : recordIn(partition, reply[4]);
        return { outcome: "held", mark, record, isNew };
      }
      case "refused":
        return { outcome: "refused", refusal: refusalIn(reply, ([index]) => rules[numberIn(index)]) };
      case "closed":
      case "settling":
        return { outcome: reply[0] };
      default:
        return fencedBy(reply);
    }
  }

  /** As of LimitStore. */
  async topUp({ id, partition = "" }: HoldRef, more: Amounts): Promise<TopUpReply> {
    const { nanoUsd, inputTokens, outputTokens } = demandOf(more, 0);
    const reply = await this.#run("topUp", partition, [id, nanoUsd, inputTokens, outputTokens]);
    switch (reply[0]) {
      case "held":
        return { outcome: "held", mark: this.#mark(partition, reply), record: recordIn(partition, reply[4]) };
      case "refused": {
        const ruleOf = ([meter, amount]: readonly ReplyPart[]) => ruleOfMeter(textIn(meter), numberIn(amount));
        return { outcome: "refused", refusal: refusalIn(reply, ruleOf, 2) };
      }
      case "lost":
      case "settling":
        return { outcome: reply[0] };
      default:
        return fencedBy(reply);
    }
  }

  /** As `settle` of LimitStore; without `actual`, its `release`. */
  async close(hold: HoldRef, actual: Amounts | undefined, { forget, tell }: CloseChoices = {}): Promise<CloseReply> {
    const { id, partition = "" } = hold;
    const { nanoUsd, inputTokens, outputTokens } = demandOf(actual ?? none, 1);
    const used = [actual === undefined ? 0 : 1, nanoUsd, inputTokens, outputTokens];
    const reply = await this.#run("close", partition, [id, ...used, forget === true ? 1 : 0, tell === true ? 1 : 0]);
    switch (reply[0]) {
      case "done":
        return {
          outcome: "done",
          mark: this.#mark(partition, reply),
          record: tell === true ? recordIn(partition, reply[4]) : undefined,
        };
      case "already":
      case "unknown":
        return { outcome: reply[0] };
      default:
        return fencedBy(reply);
    }
  }

  /** As of LimitStore, for holds of one partition. */
  async touch(partition: string, holds: readonly TouchedHold[]): Promise<TouchReply> {
    const told = holds.flatMap(({ id, charge }) => [id, ...chargeIn(charge)]);
    const reply = await this.#run("touch", partition, [this.#leases.leaseMs, ...told]);
    return reply[0] === "touched" ? { outcome: "touched", lost: reply.slice(1).map(textIn) } : fencedBy(reply);
  }

  /** As of LimitStore, for one partition. */
  async sweep(partition: string): Promise<SweepReply> {
    const reply = await this.#run("sweep", partition, [this.#leases.graceMs, this.#leases.leaseMs]);
    if (reply[0] !== "swept") return fencedBy(reply);
    const next = numberIn(reply[1]);
    const changed = reply.slice(3).map((part) => recordIn(partition, part));
    return { outcome: "swept", nextMs: next === 0 ? undefined : next, load: numberIn(reply[2]), changed };
  }

  /** As of LimitStore. */
  async usage({ partition, rules }: LimitScope): Promise<UsageReply> {
    const counting = rules.filter(({ limit }) => limit.window.kind !== "request");
    if (counting.length === 0) return { outcome: "usage", usages: [] };
    const reply = await this.#timed(counting, (placed) => this.#run("usage", partition, placed));
    if (reply[0] !== "usage") return fencedBy(reply);
    return { outcome: "usage", usages: counting.map((rule, index) => usageIn(rule, listIn(reply[index + 1]))) };
  }

  #run(
    step: Parameters<ScriptRunner["run"]>[0],
    partition: string,
    args: readonly (string | number)[],
  ): Promise<readonly ReplyPart[]> {
    return this.#runner.run(step, partition, args);
  }

  /** Periods of the calendar are worked out here and checked there: when the clocks differ, again by theirs. */
  async #timed(
    rules: readonly LimitRule[],
    step: (placed: readonly (string | number)[]) => Promise<readonly ReplyPart[]>,
  ): Promise<readonly ReplyPart[]> {
    let atMs = this.#clock();
    for (let tries = 1; ; tries++) {
      const reply = await step(rules.flatMap((rule) => this.#placed(rule, atMs)));
      if (reply[0] !== "period" || tries === mostTries) return reply;
      atMs = numberIn(reply[1]);
    }
  }

  #placed(rule: LimitRule, atMs: number): readonly (string | number)[] {
    const { of, amount, window } = rule.limit;
    const named = [rule.meter, of, window.kind, amount];
    if (window.kind === "rolling") return [...named, slotLengthMs(window.ms), window.ms];
    if (window.kind !== "calendar") return [...named, 0, 0];
    const { startMs, endMs } = this.#spans.at(rule, atMs);
    return [...named, startMs, endMs];
  }

  #mark(partition: string, [, seq, atMs, load]: readonly ReplyPart[]): StepMark {
    const mark = { seq: numberIn(seq), atMs: numberIn(atMs), load: numberIn(load) };
    this.#runner.saw(partition, mark.seq);
    return mark;
  }

  #recordOf(
    { id, partition = "", need }: Reservation,
    rules: readonly LimitRule[],
    { seq, atMs }: StepMark,
  ): HoldRecord {
    const { nanoUsd, inputTokens, outputTokens } = need;
    const limits = rules.map((rule): HeldLimit => {
      const { meter, limit } = rule;
      const { startMs, endMs } = this.#spans.at(rule, atMs);
      const end = Number.isFinite(endMs) ? endMs : undefined;
      return { meter, of: limit.of, window: limit.window.kind, amount: limit.amount, startMs, endMs: end };
    });
    const demand = { nanoUsd, inputTokens, outputTokens };
    return { id, partition, state: "held", atMs, seq, demand, used: undefined, limits };
  }
}

const none: Amounts = { nanoUsd: 0, inputTokens: 0, outputTokens: 0 };

/** A charge as scripts are told it. */
function chargeIn(charge: Amounts | undefined): readonly (string | number)[] {
  if (charge === undefined) return ["", "", ""];
  const { nanoUsd, inputTokens, outputTokens } = demandOf(charge, 1);
  return [nanoUsd, inputTokens, outputTokens];
}

/** What a script says that works on a partition which has to be filled first. */
export function fencedBy([, isOurs]: readonly ReplyPart[]): Fenced {
  return { outcome: "fenced", isOurs: isOurs === 1 };
}

function refusalIn(
  reply: readonly ReplyPart[],
  ruleOf: (part: readonly ReplyPart[]) => LimitRule | undefined,
  from = 1,
): LimitRefusal {
  const refusals = reply.slice(1).flatMap((entry): LimitRefusal[] => {
    const part = listIn(entry);
    const rule = ruleOf(part);
    if (rule === undefined) return [];
    return [{ ...usageIn(rule, part.slice(from)), need: numberIn(part[from + 3]) }];
  });
  const refusal = hardest(refusals);
  if (refusal === undefined) throw new GovernanceError("store-failed", "a script has refused and named no limit");
  return refusal;
}

function usageIn({ scope, limit }: LimitRule, [settled, held, resets]: readonly ReplyPart[]): LimitUsage {
  const atMs = numberIn(resets);
  return { scope, limit, used: numberIn(settled), held: numberIn(held), resetsAtMs: atMs === 0 ? undefined : atMs };
}
