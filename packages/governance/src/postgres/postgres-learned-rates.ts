import { desc, lt, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { learnedRate } from "./schema/learned-rate.ts";

/** Numbers that gateways have learned of models, by a print of the model: for all that share the database. */
export interface LearnedRates {
  /** Those of the models that were in use last, a thousand at most. */
  load(): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>>;
  /** Takes the place of what was there of these models; models that nobody has used for long are forgotten. */
  save(rates: ReadonlyMap<string, Readonly<Record<string, number>>>): Promise<void>;
}

const mostModels = 1_000;
const forgottenAfter = sql`now() - interval '180 days'`;

/** Keeps learned rates in PostgreSQL. Each rejects with a GovernanceError, as the database does. */
export function postgresLearnedRates({ database }: { readonly database: Database }): LearnedRates {
  return {
    async load() {
      const rows = await database.run((queries) =>
        queries.select().from(learnedRate).orderBy(desc(learnedRate.at)).limit(mostModels),
      );
      return new Map(rows.map(({ model, rates }) => [model, rates]));
    },
    async save(rates) {
      if (rates.size === 0) return;
      // In one order, so that two who save at once wait for each other and not crosswise.
      const rows = [...rates].map(([model, known]) => ({ model, rates: known })).toSorted(byModel);
      await database.transaction(async (queries) => {
        await queries
          .insert(learnedRate)
          .values(rows)
          .onConflictDoUpdate({ target: learnedRate.model, set: { rates: sql`excluded.rates`, at: sql`now()` } });
        await queries.delete(learnedRate).where(lt(learnedRate.at, forgottenAfter));
      });
    },
  };
}

function byModel(one: { readonly model: string }, other: { readonly model: string }): number {
  return one.model < other.model ? -1 : 1;
}
