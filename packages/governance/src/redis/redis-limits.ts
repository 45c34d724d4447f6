import { GovernanceError, isGovernanceError } from "../errors.ts";
import { type Demand, demandOf, nothing } from "../limits/demand.ts";
import { ClockSkew } from "../limits/clock-skew.ts";
import type { HoldRecord } from "../limits/hold-record.ts";
import type { HoldRef } from "../limits/hold-ref.ts";
import type { Amounts } from "../limits/limit.ts";
import type { LimitScope } from "../limits/limit-scope.ts";
import type {
  CloseResult,
  ExpiredHold,
  LimitStore,
  LimitUsage,
  Reservation,
  ReserveResult,
  SweepResult,
  TopUpResult,
  TouchedHold,
} from "../limits/limit-store.ts";
import type { BookKeeper } from "./book-keeper.ts";
import type { Breaker } from "../limits/breaker.ts";
import { claimedAtOnce, type DuePartitions } from "./due-partitions.ts";
import { expiredHold } from "./expired-hold.ts";
import { inTime } from "./in-time.ts";
import { LossWatch } from "./loss-watch.ts";
import { type OwedClose, OwedCloses } from "./owed-closes.ts";
import type { CloseReply, Fenced, PartitionSteps } from "./partition-steps.ts";

/** What the steps of a store in Redis are made with. */
export interface RedisLimitsParts {
  readonly steps: PartitionSteps;
  readonly due: DuePartitions;
  readonly breaker: Breaker;
  readonly keeper: BookKeeper | undefined;
  readonly clock: () => number;
  readonly timeoutMs: number;
}

const mostBehind = 100_000;
/** A process that dies with some thousand tenants leaves as many partitions to sweep. */
const mostClaims = 50;
/** About as long as a filling takes. */
const filledByOtherMs = 5;

/** A {@link LimitStore} over the partitions of Redis: what is done when they cannot answer, or have to be filled first. */
export class RedisLimits implements LimitStore {
  readonly #parts: RedisLimitsParts;
  readonly #owed: OwedCloses;
  readonly #watch: LossWatch | undefined;
  readonly #skew = new ClockSkew();
  #expired: ExpiredHold[] = [];

  constructor(parts: RedisLimitsParts) {
    this.#parts = parts;
    const { due, keeper } = parts;
    this.#watch = keeper && new LossWatch({ due, filler: keeper.filler });
    this.#owed = new OwedCloses(async (owed) => void (await this.#close(owed)));
  }

  async reserve(reservation: Reservation): Promise<ReserveResult> {
    const { steps, due, keeper, clock } = this.#parts;
    if (keeper !== undefined) checkThatItTakes(keeper);
    let isHeld = false;
    const sentMs = clock();
    try {
      const reply = await this.#filled(reservation, () => steps.reserve(reservation));
      if (reply.outcome === "settling") throw unfilled(reservation);
      if (reply.outcome !== "held") return reply;
      isHeld = true;
      this.#skew.heard({ sentMs, receivedMs: clock(), storeMs: reply.mark.atMs });
      due.note(reservation.partition ?? "", reply.mark.atMs);
      keeper?.took(reply.record, reply.mark.load);
      // A request that was sent meanwhile would be known to Redis alone, and its answer given to nobody.
      if (keeper?.isLate === true) await keeper.durable(reservation);
      return { outcome: "held" };
    } catch (error) {
      // What was sent may be held, or be yet: that must not be charged.
      if (isUnavailable(error) && (isHeld || error.cause !== undefined)) {
        this.#owe({ hold: reservation, actual: undefined, forget: true });
      }
      throw error;
    }
  }

  async topUp(hold: HoldRef, more: Amounts): Promise<TopUpResult> {
    const { steps, keeper } = this.#parts;
    const reply = await this.#filled(hold, () => steps.topUp(hold, more));
    if (reply.outcome === "settling") throw unfilled(hold);
    if (reply.outcome === "lost" && keeper?.isOnItsWay(hold) === true) throw unfilled(hold);
    if (reply.outcome !== "held") return reply;
    keeper?.took(reply.record, reply.mark.load);
    return { outcome: "held" };
  }

  settle(hold: HoldRef, actual: Amounts): Promise<CloseResult> {
    return this.#closeOrOwe({ hold, actual, forget: false });
  }

  release(hold: HoldRef): Promise<CloseResult> {
    return this.#closeOrOwe({ hold, actual: undefined, forget: false });
  }

  closeAhead(hold: HoldRef, actual: Amounts | undefined, accounted: Promise<void>): Promise<CloseResult> {
    return this.#closeOrOwe({ hold, actual, forget: false, accounted });
  }

  async durable(hold: HoldRef): Promise<void> {
    // Until Redis knows how it ended, another process may find that it has expired.
    this.#owed.check(hold);
    await this.#parts.keeper?.durable(hold);
  }

  async hasEnded(hold: HoldRef): Promise<boolean> {
    return (await this.#parts.keeper?.hasEnded(hold)) === true;
  }

  /** Of whom nothing is heard may have lost his holds: whoever asks is told that, and not that all are kept. */
  async touch(holds: readonly TouchedHold[]): Promise<readonly HoldRef[]> {
    const { steps, keeper } = this.#parts;
    const byPartition = Map.groupBy(holds, ({ partition = "" }) => partition);
    const lost = await Promise.all(
      [...byPartition].map(async ([partition, refs]): Promise<HoldRef[]> => {
        const reply = await this.#filled({ partition }, () => steps.touch(partition, refs));
        const known = new Set(reply.lost);
        return refs.filter((hold) => known.has(hold.id) && keeper?.isOnItsWay(hold) !== true);
      }),
    );
    return lost.flat();
  }

  async sweep(): Promise<SweepResult> {
    const { due, breaker } = this.#parts;
    const found = { lapsed: new Array<HoldRef>(), expired: this.#expired };
    this.#expired = [];
    if (this.#owed.size > 0) await this.#owed.pay();
    if (!breaker.isOpen) void this.#watch?.look();
    for (let claims = 0; claims < mostClaims; claims++) {
      const claimed = (await this.#orNothing(() => breaker.run(() => due.claim()))) ?? [];
      await Promise.all(claimed.map((partition) => this.#sweepOne(partition, found)));
      if (claimed.length < claimedAtOnce) break;
    }
    return found;
  }

  async usage(scope: LimitScope): Promise<readonly LimitUsage[]> {
    const { usages } = await this.#filled(scope, () => this.#parts.steps.usage(scope));
    return usages;
  }

  skewMs(): number {
    return this.#skew.ms;
  }

  /** Takes holds that have expired in the book: the next sweep tells of them. */
  expired(records: readonly HoldRecord[]): void {
    this.#expired.push(...records.map(expiredHold));
  }

  /** Makes up for what was missed while Redis did not answer. */
  async isBack(): Promise<void> {
    this.#watch?.suspect();
    await this.makeUp();
  }

  /** Tries again what could not be said to Redis. */
  async makeUp(): Promise<void> {
    await Promise.all([this.#owed.pay(), this.#parts.keeper?.retry()]);
  }

  async #sweepOne(partition: string, found: { lapsed: HoldRef[]; expired: ExpiredHold[] }): Promise<void> {
    const { steps, due, keeper, breaker } = this.#parts;
    const reply = await this.#orNothing(() => this.#filled({ partition }, () => steps.sweep(partition)));
    if (reply === undefined) return;
    const { changed, load } = reply;
    for (const record of changed) keeper?.swept(record, load);
    const [lapsed, expired] = [changed.filter(isLapsed), changed.filter((record) => !isLapsed(record))];
    found.lapsed.push(...lapsed.map(({ id }) => ({ id, partition })));
    const unended = (await keeper?.notEnded({ partition, records: expired, load })) ?? expired;
    found.expired.push(...unended.map(expiredHold));
    await this.#orNothing(() => breaker.run(() => due.giveBack(partition, reply.nextMs)));
  }

  /** Does a step, once more when the partition had to be filled for it. */
  async #filled<Reply extends { readonly outcome: string }>(
    { partition = "" }: { readonly partition?: string },
    step: () => Promise<Reply>,
  ): Promise<Exclude<Reply, Fenced>> {
    const { keeper, due, timeoutMs } = this.#parts;
    const startedMs = performance.now();
    // Another process may be filling it: what it has taken in hand is there some moments later.
    for (let leftMs = timeoutMs; leftMs > 0; leftMs = timeoutMs - (performance.now() - startedMs)) {
      const reply = await step();
      if (isAnswer(reply)) return reply;
      if (keeper === undefined) break;
      if (due.hasNoted(partition)) this.#watch?.suspect();
      const isOurs = "isOurs" in reply && reply.isOurs === true;
      await inTime(isOurs ? keeper.filler.fill(partition) : pause(filledByOtherMs), leftMs);
    }
    throw unfilled({ partition });
  }

  async #closeOrOwe(owed: OwedClose): Promise<CloseResult> {
    try {
      const result = await this.#close(owed);
      // One that Redis has lost, or had closed without an answer.
      if (result !== "done" && this.#closeWithout(owed)) return "noted";
      return result;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (!this.#closeWithout(owed)) this.#owe(owed);
      return "noted";
    }
  }

  #closeWithout({ hold, actual, accounted }: OwedClose): boolean {
    const { keeper, clock } = this.#parts;
    return keeper?.closeWithout(hold, { used: usedOf(actual), atMs: clock(), accounted }) === true;
  }

  async #close({ hold, actual, forget, accounted }: OwedClose): Promise<CloseResult> {
    const { steps, keeper } = this.#parts;
    const own = keeper?.own(hold);
    const tell = keeper !== undefined && own === undefined;
    const reply: Exclude<CloseReply, Fenced> = await this.#filled(hold, () =>
      steps.close(hold, actual, { forget, tell }),
    );
    if (reply.outcome !== "done") return reply.outcome;
    const { seq, atMs, load } = reply.mark;
    const used = usedOf(actual);
    const record = own === undefined ? reply.record : { ...own, state: "closed" as const, used, seq, atMs };
    if (record !== undefined) keeper?.took(record, load, accounted);
    return "done";
  }

  /** What goes out on the same connection comes after what was sent before. */
  #owe(owed: OwedClose): void {
    this.#owed.add(owed);
    if (!this.#parts.breaker.isOpen) void this.#owed.pay();
  }

  async #orNothing<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      if (isUnavailable(error)) return undefined;
      throw error;
    }
  }
}

/** What could not be written down would be answered for nobody, and be billed. */
function checkThatItTakes({ behind, isFailing, isSilent }: BookKeeper): void {
  if (behind > mostBehind) throw tooFarBehind();
  if (isFailing || isSilent) throw bookAway();
}

function isLapsed({ state }: HoldRecord): boolean {
  return state === "lapsed";
}

function usedOf(actual: Amounts | undefined): Demand {
  return actual === undefined ? nothing : demandOf(actual, 1);
}

function isAnswer<Reply extends { readonly outcome: string }>(reply: Reply): reply is Exclude<Reply, Fenced> {
  return reply.outcome !== "fenced";
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function isUnavailable(error: unknown): error is GovernanceError {
  return isGovernanceError(error) && error.code === "store-unavailable";
}

function unfilled({ partition = "" }: { readonly partition?: string }): GovernanceError {
  return new GovernanceError(
    "store-unavailable",
    `the limits of "${partition}" were lost in Redis and are being filled again; try again in a second`,
  );
}

function bookAway(): GovernanceError {
  return new GovernanceError(
    "store-unavailable",
    "the book of limits takes nothing now, so nothing is given out that it would have to remember; try again soon",
  );
}

function tooFarBehind(): GovernanceError {
  return new GovernanceError(
    "store-unavailable",
    `${mostBehind} holds wait to be written down; nothing more is given out until the book of limits works again`,
  );
}
