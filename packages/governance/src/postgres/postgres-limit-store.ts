import { type SQL, sql } from "drizzle-orm";
import { GovernanceError } from "../errors.ts";
import { ClockSkew } from "../limits/clock-skew.ts";
import { checkReservation } from "../limits/check-reservation.ts";
import { demandOf } from "../limits/demand.ts";
import type { HoldRef } from "../limits/hold-ref.ts";
import type { Amounts } from "../limits/limit.ts";
import type { LimitScope } from "../limits/limit-scope.ts";
import type {
  CloseResult,
  ExpiredHold,
  LeaseSettings,
  LimitRefusal,
  LimitStore,
  LimitUsage,
  Reservation,
  ReserveResult,
  SweepResult,
  TopUpResult,
  TouchedHold,
} from "../limits/limit-store.ts";
import { Spans } from "../limits/spans.ts";
import { hardest, type Standing, standing } from "../limits/refuse.ts";
import type { Database } from "./database.ts";
import { type EntriesAt, limitEntries, type LimitEntry } from "./limit-entries.ts";
import { scopesOfMeters } from "../limits/rule-of-meter.ts";
import { UntoldExpiries } from "./untold-expiries.ts";

/** What a store in PostgreSQL needs. */
export interface PostgresLimitStoreOptions extends LeaseSettings {
  /** With its tables: see `migrate`. */
  readonly database: Database;
  /** Milliseconds since 1970: a guess of the database's time, which decides. */
  readonly clock: () => number;
  /** Whose time it is: the database's, so that all replicas have the same, or the clock's, for tests. */
  readonly time?: "database" | "clock";
}

/**
 * A limit store in PostgreSQL or PGlite, exact across any number of replicas. A step is one function of the database and
 * one transaction; steps of a partition come one after the other, those of different ones at once.
 */
export function postgresLimitStore(options: PostgresLimitStoreOptions): LimitStore {
  return new PostgresLimitStore(options);
}

interface MeterRow {
  readonly settled: number;
  readonly held: number;
  readonly slots: readonly { readonly endMs: number | null; readonly settled: number; readonly held: number }[];
}

interface Lacking {
  readonly index: number;
  readonly need: number;
  readonly meter: MeterRow;
}

interface Moved {
  readonly outcome: "moved";
  readonly nowMs: number;
}

type StepRow =
  | { readonly outcome: "held" | "closed" | "lost" }
  | { readonly outcome: "refused"; readonly lacking: readonly Lacking[]; readonly entries?: readonly LimitEntry[] };

interface MetersRow {
  readonly outcome: "found";
  readonly meters: readonly MeterRow[];
}

interface Found {
  readonly lapsed: HoldRef[];
  readonly expired: ExpiredHold[];
}

interface SweepRow {
  readonly lapsed: readonly string[];
  readonly expired: readonly (Amounts & { readonly id: string; readonly meters: readonly string[] })[];
}

const mostTries = 5;
const partitionsAtOnce = 1000;

class PostgresLimitStore implements LimitStore {
  readonly #database: Database;
  readonly #clock: () => number;
  readonly #isTold: boolean;
  readonly #leaseMs: number;
  readonly #graceMs: number;
  /** For the periods it knows; it counts nothing. */
  readonly #spans = new Spans();
  readonly #untold: UntoldExpiries;
  readonly #skew = new ClockSkew();
  /** What a sweep has found that then failed. */
  #found: Found = { lapsed: [], expired: [] };

  constructor(options: PostgresLimitStoreOptions) {
    const { database, clock, time = "database", leaseMs = 30_000, graceMs = 90_000 } = options;
    this.#database = database;
    this.#clock = clock;
    this.#isTold = time === "clock";
    this.#leaseMs = leaseMs;
    this.#graceMs = graceMs;
    this.#untold = new UntoldExpiries(database, clock);
  }

  async reserve(reservation: Reservation): Promise<ReserveResult> {
    checkReservation(reservation);
    const { id, partition = "", scopes } = reservation;
    const told = { id, partition, need: amountsOf(reservation.need), ...chargeIn(reservation) };
    const { row, entries } = await this.#at<StepRow>(scopes, (at) =>
      this.#call<StepRow | Moved>(sql`limit_reserve`, { ...told, leaseMs: this.#leaseMs, ...at }),
    );
    if (row.outcome === "refused") return { outcome: "refused", refusal: refusalOf(row.lacking, entries) };
    return { outcome: row.outcome === "closed" ? "closed" : "held" };
  }

  async topUp({ id, partition = "" }: HoldRef, more: Amounts): Promise<TopUpResult> {
    const row = await this.#call<StepRow>(sql`limit_top_up`, { id, partition, more: amountsOf(more) });
    if (row.outcome === "refused") return { outcome: "refused", refusal: refusalOf(row.lacking, row.entries ?? []) };
    return { outcome: row.outcome === "held" ? "held" : "lost" };
  }

  async settle({ id, partition = "" }: HoldRef, actual: Amounts): Promise<CloseResult> {
    return this.#call<CloseResult>(sql`limit_close`, { id, partition, actual: amountsOf(actual), requests: 1 });
  }

  async release({ id, partition = "" }: HoldRef): Promise<CloseResult> {
    const actual: Amounts = { nanoUsd: 0, inputTokens: 0, outputTokens: 0 };
    return this.#call<CloseResult>(sql`limit_close`, { id, partition, actual, requests: 0 });
  }

  skewMs(): number {
    return this.#skew.ms;
  }

  /** A hold is committed when `reserve` comes back. */
  async durable(): Promise<void> {}

  async hasEnded({ id, partition = "" }: HoldRef): Promise<boolean> {
    const { rows } = await this.#database.run((queries) =>
      queries.execute(sql`select from drawbridge.limit_hold h
        where h.partition = ${partition} and h.id = ${id} and h.state = 'closed'`),
    );
    return rows.length > 0;
  }

  async touch(holds: readonly TouchedHold[]): Promise<readonly HoldRef[]> {
    if (holds.length === 0) return [];
    const told = holds.map((hold) => ({ id: hold.id, partition: hold.partition ?? "", ...chargeIn(hold) }));
    const lost = new Set(await this.#call<number[]>(sql`limit_touch`, { holds: told, leaseMs: this.#leaseMs }));
    return holds.filter((_, index) => lost.has(index));
  }

  async sweep(): Promise<SweepResult> {
    // What is found is told even if that fails later, when it is next tried.
    const found: Found = { lapsed: [], expired: [] };
    try {
      await this.#sweepAll(found);
    } catch (error) {
      this.#found.lapsed.push(...found.lapsed);
      this.#found.expired.push(...found.expired);
      throw error;
    }
    const { lapsed, expired } = this.#found;
    this.#found = { lapsed: [], expired: [] };
    return { lapsed: [...lapsed, ...found.lapsed], expired: [...expired, ...found.expired] };
  }

  async usage(scope: LimitScope): Promise<readonly LimitUsage[]> {
    const rules = scope.rules.filter(({ limit }) => limit.window.kind !== "request");
    if (rules.length === 0) return [];
    const { partition } = scope;
    const { row, entries } = await this.#at<MetersRow>([{ ...scope, rules }], (at) =>
      this.#call<MetersRow | Moved>(sql`limit_usage`, { partition, ...at }),
    );
    return row.meters.flatMap((meter, index) => {
      const entry = entries[index];
      if (entry === undefined) return [];
      const usage = standing(entry, meterOf(meter), 1);
      // A period of the calendar ends for those as well who have room left in it.
      return [entry.limit.window.kind === "calendar" ? { ...usage, resetsAtMs: entry.endMs ?? undefined } : usage];
    });
  }

  async #sweepAll({ lapsed, expired }: Found): Promise<void> {
    for (const partition of await this.#duePartitions()) {
      const row = await this.#call<SweepRow>(sql`limit_sweep`, { partition, graceMs: this.#graceMs });
      lapsed.push(...row.lapsed.map((id) => ({ id, partition })));
      for (const { id, meters, ...charged } of row.expired) {
        const hold = { id, partition, charged, scopes: scopesOfMeters(meters) };
        this.#untold.note(hold);
        expired.push(hold);
      }
    }
    expired.push(...(await this.#untold.look()));
    const sentMs = this.#clock();
    const { rows } = await this.#database.run((queries) =>
      queries.execute<{ now: number }>(
        sql`select drawbridge.limit_clock()::float8 as now, drawbridge.limit_tidy(${this.#toldMs()}::bigint)`,
      ),
    );
    const storeMs = rows[0]?.now;
    if (!this.#isTold && storeMs !== undefined) this.#skew.heard({ sentMs, receivedMs: this.#clock(), storeMs });
  }

  /** Does a step with entries of the clock's time, and again with those of the database's where that is another one. */
  async #at<Row extends { readonly outcome: string }>(
    scopes: readonly LimitScope[],
    step: (at: EntriesAt) => Promise<Row | Moved>,
  ): Promise<{ row: Row; entries: readonly LimitEntry[] }> {
    let atMs = this.#clock();
    for (let tries = 0; tries < mostTries; tries++) {
      const at = limitEntries(scopes, atMs, this.#spans);
      const row = await step(at);
      if (hasStayed<Row>(row)) return { row, entries: at.entries };
      atMs = row.nowMs;
    }
    throw new GovernanceError("store-failed", `the database's time moved on ${mostTries} times; look at its clock`);
  }

  async #call<Answer>(name: SQL, told: Readonly<Record<string, unknown>>): Promise<Answer> {
    const p = JSON.stringify({ ...told, nowMs: this.#toldMs() });
    const { rows } = await this.#database.run((queries) =>
      queries.execute<{ answer: Answer }>(sql`select drawbridge.${name}(${p}::jsonb) as answer`),
    );
    const [row] = rows;
    if (row === undefined)
      throw new GovernanceError("store-failed", "the database gave no answer; call `migrate` first");
    return row.answer;
  }

  async #duePartitions(): Promise<string[]> {
    const { rows } = await this.#database.run((queries) =>
      queries.execute<{ partition: string }>(
        sql`select partition from drawbridge.limit_due(${this.#toldMs()}::bigint, ${this.#graceMs}, ${partitionsAtOnce})`,
      ),
    );
    return rows.map(({ partition }) => partition);
  }

  #toldMs(): number | null {
    return this.#isTold ? this.#clock() : null;
  }
}

function hasStayed<Row extends { readonly outcome: string }>(row: Row | Moved): row is Row {
  return row.outcome !== "moved";
}

function amountsOf(amounts: Amounts): Amounts {
  const { nanoUsd, inputTokens, outputTokens } = demandOf(amounts, 0);
  return { nanoUsd, inputTokens, outputTokens };
}

function chargeIn({ charge }: Pick<TouchedHold, "charge">): { readonly charge?: Amounts } {
  return charge === undefined ? {} : { charge: amountsOf(charge) };
}

function refusalOf(lacking: readonly Lacking[], entries: readonly LimitEntry[]): LimitRefusal {
  const refusals = lacking.flatMap(({ index, need, meter }) => {
    const entry = entries[index];
    return entry === undefined ? [] : [{ ...standing(entry, meterOf(meter), need), need }];
  });
  const refusal = hardest(refusals);
  if (refusal === undefined)
    throw new GovernanceError("store-failed", "the database refused by no limit that was asked");
  return refusal;
}

function meterOf({ settled, held, slots }: MeterRow): Standing {
  return { settled, held, slots: slots.map((slot) => ({ ...slot, endMs: slot.endMs ?? Number.POSITIVE_INFINITY })) };
}
