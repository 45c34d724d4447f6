import type { SearchOutcome, SearchQuery, SearchRounds } from "@drawbridge/translator";
import { expect, test } from "vitest";
import { nextRound } from "./next-round.ts";

const query = (text: string): SearchQuery => ({
  query: text,
  allowedDomains: [],
  blockedDomains: [],
  userLocation: undefined,
});
const body = new TextEncoder().encode("{}");

function waitingFor(wanted: readonly SearchQuery[] | undefined): SearchRounds & { taken: readonly SearchOutcome[] } {
  return {
    taken: [],
    searches: () => wanted,
    resume(found) {
      this.taken = found;
      return body;
    },
  };
}

test("searches are made side by side and told in the order in which they were wanted", async () => {
  const rounds = waitingFor([query("slow"), query("quick")]);
  const order: string[] = [];
  const slow = Promise.withResolvers<void>();
  const search = async ({ query: text }: SearchQuery): Promise<SearchOutcome> => {
    if (text === "slow") await slow.promise;
    else slow.resolve();
    order.push(text);
    return { ok: true, results: [{ url: `https://${text}/`, title: text, text: "" }] };
  };
  expect(await nextRound(rounds, search, new AbortController().signal)).toBe(body);
  expect(order).toEqual(["quick", "slow"]);
  expect(rounds.taken.map((one) => one.ok && one.results[0]?.title)).toEqual(["slow", "quick"]);
});

test("a search that throws, or that nobody makes, has failed, and the answer goes on", async () => {
  for (const search of [() => Promise.reject(new Error("no network")), undefined]) {
    const rounds = waitingFor([query("a")]);
    expect(await nextRound(rounds, search, new AbortController().signal)).toBe(body);
    expect(rounds.taken).toEqual([{ ok: false, error: "unavailable" }]);
  }
});

test("an answer that waits for no search needs no further call", async () => {
  const search = (): Promise<SearchOutcome> => expect.fail("nothing is to be searched");
  expect(await nextRound(waitingFor(undefined), search, new AbortController().signal)).toBeUndefined();
});

test("a client that leaves while a search is made ends the exchange as cancelled", async () => {
  const gone = new AbortController();
  const search = (): Promise<SearchOutcome> => {
    gone.abort();
    return Promise.resolve({ ok: true, results: [] });
  };
  await expect(nextRound(waitingFor([query("a")]), search, gone.signal)).rejects.toMatchObject({
    failure: { kind: "cancelled" },
  });
});
