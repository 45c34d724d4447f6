import { type SQL, sql } from "drizzle-orm";
import type { HoldRecord } from "../limits/hold-record.ts";
import type { AppliedRecords, LimitBook, PartitionState, SlotRecord } from "../limits/limit-book.ts";
import { holdOf, type HoldRow, mergedByHold, mergeIntoBook, rowOf } from "./book-rows.ts";
import type { Database, Queries } from "./database.ts";

/** What a book of limits in PostgreSQL needs. */
export interface PostgresLimitBookOptions {
  /** With its tables: see `migrate`. */
  readonly database: Database;
  /** Milliseconds since 1970, for tests; the database's time unless told. */
  readonly clock?: () => number;
}

interface EpochRow extends Record<string, unknown> {
  readonly partition: string;
  readonly epoch: number;
}

interface SlotRow {
  readonly partition: string;
  readonly meter: string;
  readonly start_ms: number;
  readonly end_ms: number | null;
  readonly settled: number;
}

const tidiedAfter = 10_000;
const mostOverdue = 1_000;

/**
 * A {@link LimitBook} in the tables of `postgresLimitStore`, which can go on from there. Batches lock their partitions in
 * one order, so that any number of replicas can write; a batch is one transaction, whatever its length.
 */
export function postgresLimitBook(options: PostgresLimitBookOptions): LimitBook {
  return new PostgresLimitBook(options);
}

class PostgresLimitBook implements LimitBook {
  readonly #database: Database;
  readonly #clock: (() => number) | undefined;
  #sinceTidied = 0;

  constructor({ database, clock }: PostgresLimitBookOptions) {
    this.#database = database;
    this.#clock = clock;
  }

  async apply(records: readonly HoldRecord[]): Promise<ReadonlyMap<string, AppliedRecords>> {
    if (records.length === 0) return new Map();
    const told = mergedByHold(records);
    const applied = await this.#database.transaction(async (queries) => {
      const locked = await lockPartitions(queries, told);
      const known = await knownHolds(queries, told);
      const { holds, slots } = mergeIntoBook(told, known);
      await writeSlots(queries, slots);
      await writeHolds(queries, holds);
      const ended = Map.groupBy(known.filter(isClosed), ({ partition }) => partition);
      const endedIn = (partition: string) => new Set((ended.get(partition) ?? []).map(({ id }) => id));
      return new Map([...locked].map(([partition, epoch]) => [partition, { epoch, ended: endedIn(partition) }]));
    });
    await this.#tidy(told.length);
    return applied;
  }

  async epochs(partitions: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.#database.run((queries) =>
      queries.execute<EpochRow>(sql`
        select partition, epoch::float8 as epoch from drawbridge.limit_partition where ${isAmong(partitions)}`),
    );
    const known = new Map(rows.map(({ partition, epoch }) => [partition, epoch]));
    return new Map(partitions.map((partition) => [partition, known.get(partition) ?? 0]));
  }

  async load(partition: string): Promise<PartitionState> {
    return this.#database.transaction(async (queries) => {
      const { rows } = await queries.execute<EpochRow>(sql`
        select partition, epoch::float8 as epoch from drawbridge.limit_partition where partition = ${partition} for share`);
      const states = await this.#statesOf(queries, new Map([[partition, rows[0]?.epoch ?? 0]]));
      return states.get(partition) ?? { epoch: 0, slots: [], holds: [] };
    });
  }

  async seed(from: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, PartitionState>> {
    if (from.size === 0) return new Map();
    return this.#database.transaction(async (queries) => this.#statesOf(queries, await raiseEpochs(queries, from)));
  }

  async overdue(beforeMs: number): Promise<readonly string[]> {
    const { rows } = await this.#database.run((queries) =>
      queries.execute<{ partition: string }>(sql`select distinct partition from drawbridge.limit_hold
        where state in ('held', 'lapsed') and at_ms < ${beforeMs}::bigint limit ${mostOverdue}`),
    );
    return rows.map(({ partition }) => partition);
  }

  async ended(partition: string, ids: readonly string[]): Promise<ReadonlyMap<string, HoldRecord>> {
    const names = JSON.stringify(ids);
    const holds = await this.#database.run((queries) =>
      holdsWhere(
        queries,
        sql`h.partition = ${partition} and h.state = 'closed'
          and h.id in (select jsonb_array_elements_text(${names}::jsonb))`,
      ),
    );
    return new Map(holds.map((hold) => [hold.id, hold]));
  }

  async closedAfter(partition: string, seq: number): Promise<readonly HoldRecord[]> {
    return this.#database.run((queries) =>
      holdsWhere(
        queries,
        sql`h.partition = ${partition} and h.state = 'closed' and h.seq > greatest(${seq}::bigint, 0)`,
      ),
    );
  }

  /** The states of partitions that are locked, with their epochs. */
  async #statesOf(queries: Queries, epochs: ReadonlyMap<string, number>): Promise<Map<string, PartitionState>> {
    const partitions = [...epochs.keys()];
    const holds = await holdsWhere(queries, sql`h.state <> 'closed' and ${isAmong(partitions)}`);
    const nowMs = sql`coalesce(${this.#clock?.() ?? null}::bigint, drawbridge.limit_clock())`;
    const slots = await json<SlotRow>(
      queries,
      sql`select jsonb_build_object('partition', s.partition, 'meter', s.meter, 'start_ms', s.start_ms, 'end_ms', s.end_ms,
          'settled', s.settled) as item
        from drawbridge.limit_slot s where ${isAmong(partitions)} and s.settled <> 0
        and (s.end_ms is null or s.holds <> 0 or s.end_ms > ${nowMs}
          or (s.end_ms > ${nowMs} - 172800000 and not drawbridge.limit_rolls(s.meter)))`,
    );
    const holdsOf = Map.groupBy(holds, ({ partition }) => partition);
    const slotsOf = Map.groupBy(slots, ({ partition }) => partition);
    return new Map(
      [...epochs].map(([partition, epoch]) => {
        const settled = (slotsOf.get(partition) ?? []).map(slotOf);
        return [partition, { epoch, slots: settled, holds: holdsOf.get(partition) ?? [] }];
      }),
    );
  }

  /** Each so many records, so that what is remembered does not grow without end. */
  async #tidy(records: number): Promise<void> {
    this.#sinceTidied += records;
    if (this.#sinceTidied < tidiedAfter) return;
    this.#sinceTidied = 0;
    const told = this.#clock?.() ?? null;
    await this.#database.run((queries) => queries.execute(sql`select drawbridge.limit_tidy(${told}::bigint)`));
  }
}

function isClosed({ state }: HoldRecord): boolean {
  return state === "closed";
}

function slotOf({ meter, start_ms: startMs, end_ms: endMs, settled }: SlotRow): SlotRecord {
  return { meter, startMs, endMs: endMs ?? undefined, settled };
}

/** Makes and locks the partitions of sorted records, and gives their epochs. Their time is that of the latest record. */
async function lockPartitions(queries: Queries, told: readonly HoldRecord[]): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const { partition, atMs } of told) times.set(partition, Math.max(atMs, times.get(partition) ?? 0));
  const rows = JSON.stringify([...times].map(([partition, now_ms]) => ({ partition, now_ms })));
  const locked = await queries.execute<{ partition: string; epoch: number }>(sql`
    insert into drawbridge.limit_partition as p (partition, now_ms)
    select r.partition, r.now_ms from jsonb_to_recordset(${rows}::jsonb) as r (partition text, now_ms bigint)
    order by r.partition collate "C"
    on conflict (partition) do update set now_ms = greatest(p.now_ms, excluded.now_ms)
    returning partition, epoch::float8 as epoch`);
  return new Map(locked.rows.map(({ partition, epoch }) => [partition, epoch]));
}

/** Raises the epochs that are as told, in the order in which partitions are locked, and gives the new ones. */
async function raiseEpochs(queries: Queries, from: ReadonlyMap<string, number>): Promise<Map<string, number>> {
  const told = JSON.stringify([...from].map(([partition, epoch]) => ({ partition, epoch })));
  const { rows } = await queries.execute<EpochRow>(sql`
    insert into drawbridge.limit_partition as p (partition, now_ms, epoch)
    select r.partition, 0, r.epoch + 1 from jsonb_to_recordset(${told}::jsonb) as r (partition text, epoch bigint)
    where r.epoch = 0 or exists (select from drawbridge.limit_partition l where l.partition = r.partition)
    order by r.partition collate "C"
    on conflict (partition) do update set epoch = excluded.epoch where p.epoch = excluded.epoch - 1
    returning partition, epoch::float8 as epoch`);
  return new Map(rows.map(({ partition, epoch }) => [partition, epoch]));
}

function isAmong(partitions: readonly string[]): SQL {
  return sql`partition in (select jsonb_array_elements_text(${JSON.stringify(partitions)}::jsonb))`;
}

async function knownHolds(queries: Queries, told: readonly HoldRecord[]): Promise<HoldRecord[]> {
  const names = JSON.stringify(told.map(({ partition, id }) => ({ partition, id })));
  return holdsWhere(
    queries,
    sql`(h.partition, h.id) in (select r.partition, r.id from jsonb_to_recordset(${names}::jsonb) as r (partition text, id text))`,
  );
}

async function holdsWhere(queries: Queries, condition: SQL): Promise<HoldRecord[]> {
  const rows = await json<HoldRow>(
    queries,
    sql`select to_jsonb(h) as item from drawbridge.limit_hold h where ${condition} order by h.seq, h.id`,
  );
  return rows.map(holdOf);
}

/** As JSON whole numbers come as they are, whatever the driver makes of them. */
async function json<Item>(queries: Queries, query: SQL): Promise<Item[]> {
  const { rows } = await queries.execute<{ item: Item }>(query);
  return rows.map(({ item }) => item);
}

async function writeSlots(queries: Queries, slots: readonly object[]): Promise<void> {
  if (slots.length === 0) return;
  await queries.execute(sql`
    insert into drawbridge.limit_slot as s (partition, meter, start_ms, end_ms, settled, held, holds)
    select r.* from jsonb_to_recordset(${JSON.stringify(slots)}::jsonb)
      as r (partition text, meter text, start_ms bigint, end_ms bigint, settled bigint, held bigint, holds int)
    on conflict (partition, meter, start_ms) do update set settled = drawbridge.limit_sum(s.settled, excluded.settled),
      held = s.held + excluded.held, holds = s.holds + excluded.holds`);
}

async function writeHolds(queries: Queries, holds: readonly HoldRecord[]): Promise<void> {
  await queries.execute(sql`
    insert into drawbridge.limit_hold as h
      (partition, id, state, at_ms, nano_usd, input_tokens, output_tokens, entries, seq, used)
    select r.* from jsonb_to_recordset(${JSON.stringify(holds.map(rowOf))}::jsonb)
      as r (partition text, id text, state text, at_ms bigint, nano_usd bigint, input_tokens bigint, output_tokens bigint,
        entries jsonb, seq bigint, used jsonb)
    on conflict (partition, id) do update set state = excluded.state, at_ms = excluded.at_ms,
      nano_usd = excluded.nano_usd, input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens,
      entries = excluded.entries, seq = excluded.seq, used = excluded.used`);
}
