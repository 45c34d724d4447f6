import { sql } from "drizzle-orm";
import { holdKey } from "../limits/hold-ref.ts";
import type { ExpiredHold } from "../limits/limit-store.ts";
import { scopesOfMeters } from "../limits/rule-of-meter.ts";
import type { Database } from "./database.ts";

interface ExpiredRow extends Record<string, unknown> {
  readonly hold: ExpiredHold["charged"] & {
    readonly id: string;
    readonly partition: string;
    readonly meters: readonly string[];
  };
  readonly at: number;
}

/** One look a minute costs nothing, and whatever was missed is missed for a minute. */
const everyMs = 60_000;
/** Of two that expire one after the other the first may be seen last. */
const marginMs = 2 * everyMs;
const mostAtOnce = 1_000;

/**
 * The expired holds that this process has not told of. Whoever swept them may have ended before it could, or have had no
 * answer; so each process tells of each once, of the newest at its start.
 */
export class UntoldExpiries {
  readonly #database: Database;
  readonly #clock: () => number;
  #told = new Set<string>();
  #lookedMs = Number.NEGATIVE_INFINITY;
  #newestMs = 0;

  constructor(database: Database, clock: () => number) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Notes that one is told of. */
  note(hold: ExpiredHold): void {
    this.#told.add(holdKey(hold));
  }

  /** Those that are to be told of now. */
  async look(): Promise<readonly ExpiredHold[]> {
    const nowMs = this.#clock();
    if (Math.abs(nowMs - this.#lookedMs) < everyMs) return [];
    const sinceMs = this.#newestMs - marginMs;
    const { rows } = await this.#database.run((queries) =>
      queries.execute<ExpiredRow>(sql`select jsonb_build_object('id', h.id, 'partition', h.partition,
          'nanoUsd', h.nano_usd, 'inputTokens', h.input_tokens, 'outputTokens', h.output_tokens,
          'meters', (select coalesce(jsonb_agg(e -> 'meter'), '[]') from jsonb_array_elements(h.entries) e)) as hold,
          h.at_ms::float8 as at
        from drawbridge.limit_hold h where h.state = 'expired' and h.at_ms > ${sinceMs}::bigint
        order by h.at_ms desc limit ${mostAtOnce}`),
    );
    this.#lookedMs = nowMs;
    const told = this.#told;
    this.#told = new Set(rows.map(({ hold }) => holdKey(hold)));
    this.#newestMs = Math.max(this.#newestMs, ...rows.map(({ at }) => at));
    return rows
      .filter(({ hold }) => !told.has(holdKey(hold)))
      .map(({ hold: { id, partition, meters, ...charged } }) => {
        return { id, partition, charged, scopes: scopesOfMeters(meters) };
      });
  }
}
