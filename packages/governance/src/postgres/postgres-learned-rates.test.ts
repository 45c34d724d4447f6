import { beforeEach, expect, test } from "vitest";
import { onEachDatabase } from "../testing/test-database.ts";
import { postgresLearnedRates } from "./postgres-learned-rates.ts";
import { learnedRate } from "./schema/learned-rate.ts";

onEachDatabase((opened) => {
  beforeEach(async () => {
    await opened.database.run((queries) => queries.delete(learnedRate));
  });

  test("what one gateway has learned another one knows, the latest of each model", async () => {
    const [one, other] = [postgresLearnedRates(opened), postgresLearnedRates(opened)];
    expect(await other.load()).toEqual(new Map());
    await one.save(
      new Map([
        ["a", { input: 0.27 }],
        ["b", { input: 0.3, speed: 0.1 }],
      ]),
    );
    await other.save(new Map([["a", { input: 0.25, output: 0.8 }]]));
    expect(await one.load()).toEqual(
      new Map([
        ["a", { input: 0.25, output: 0.8 }],
        ["b", { input: 0.3, speed: 0.1 }],
      ]),
    );
  });

  test("models that nobody has used for half a year are forgotten", async () => {
    const rates = postgresLearnedRates(opened);
    const at = new Date(Date.now() - 181 * 24 * 60 * 60 * 1_000);
    await opened.database.run((queries) => queries.insert(learnedRate).values({ model: "old", rates: {}, at }));
    await rates.save(new Map([["new", { input: 0.2 }]]));
    expect([...(await rates.load()).keys()]).toEqual(["new"]);
  });
});
