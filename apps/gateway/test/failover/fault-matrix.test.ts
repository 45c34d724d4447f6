import type { FakeDialect } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClientName, Heard } from "./clients.ts";
import { type FaultClass, lateFaults, movingFaults, tellingFaults } from "./fault-classes.ts";
import { type Case, leaked, openScene, rescued, type Scene } from "./scene.ts";

const rounds = process.env["DRAWBRIDGE_CAMPAIGN"] === "1" ? 50 : 2;
const clientNames: readonly ClientName[] = ["messages", "chat", "responses"];
const common: readonly FakeDialect[] = ["openai-chat", "anthropic-messages"];
const others: readonly FakeDialect[] = ["openai-responses", "gemini", "bedrock-converse"];

/** Every client in each way; two rounds ask both of the common dialects, three all others as well. */
function casesOf(faultClass: FaultClass, name: string, round: number): Case[] {
  const turn = round + Number(/\d+/.exec(name));
  const pairs = clientNames.map((client, at): [ClientName, FakeDialect] => [
    client,
    common[(turn + at) % 2] ?? "gemini",
  ]);
  if (faultClass.isCommon !== true) pairs.push(["messages", others[turn % others.length] ?? "gemini"]);
  const ways = faultClass.only === undefined ? ["stream", "whole"] : [faultClass.only];
  return ways.flatMap((way) =>
    pairs.map(([client, upstream]) => {
      const model = `${name}-${client}-${upstream}-${way}`;
      return { model, faultClass, client, upstream, stream: way === "stream" };
    }),
  );
}

const late = lateFaults.map((one): FaultClass => ({ ...one, only: "stream" }));
const groups = { moving: movingFaults, telling: tellingFaults, late } as const;

describe.each(Array.from({ length: rounds }, (_, round) => round))("round %i: when the first target", (round) => {
  const cases = new Map(
    Object.entries(groups).flatMap(([group, classes]) =>
      classes.map((faultClass, at): [FaultClass, Case[]] => [faultClass, casesOf(faultClass, `${group}${at}`, round)]),
    ),
  );
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene([...cases.values()].flat());
  });
  afterAll(() => scene?.close());

  async function askAll(faultClass: FaultClass): Promise<readonly { readonly one: Case; readonly heard: Heard }[]> {
    const all = cases.get(faultClass) ?? [];
    return await Promise.all(all.map(async (one) => ({ one, heard: await scene.ask(one) })));
  }

  describe.concurrent("before its first content", () => {
    test.each(movingFaults)("$name, the next answers and the client sees nothing of it", async (faultClass) => {
      for (const { one, heard } of await askAll(faultClass)) {
        const { status, text, begun, completed, errors, raw } = heard;
        expect({ one: one.model, status, text, begun, completed, errors }).toEqual({
          one: one.model,
          status: 200,
          text: rescued,
          begun: 1,
          completed: 1,
          errors: [],
        });
        expect(raw).not.toContain("LEAK");
        const [bad, good] = scene.callsOf(one);
        // A reset of a connection that had been used may mean that it was stale: this is sent once more without a word.
        const once = faultClass.baseUrl === undefined ? 1 : 0;
        expect([one.model, bad === 2 && faultClass.mayBeStale === true ? 1 : bad, good]).toEqual([one.model, once, 1]);
      }
    });

    test.each(tellingFaults)("$name, this is told at once and nobody else is asked", async (faultClass) => {
      for (const { one, heard } of await askAll(faultClass)) {
        const said = `${one.model}: ${heard.status}`;
        expect(heard.status, said).toBeGreaterThanOrEqual(400);
        expect(heard.status, said).toBeLessThan(500);
        expect(heard.errors).toHaveLength(1);
        expect(scene.callsOf(one), one.model).toEqual([1, 0]);
      }
    });
  });

  describe.concurrent("after its first content", () => {
    test.each(late)("$name, the stream ends with one error and nobody else is asked", async (faultClass) => {
      for (const { one, heard } of await askAll(faultClass)) {
        const { status, begun, completed, errors, text } = heard;
        const failed = { one: one.model, status: 200, begun: 1, completed: 0, errors: 1 };
        expect({ one: one.model, status, begun, completed, errors: errors.length }).toEqual(failed);
        expect(text.length).toBeGreaterThan(0);
        expect(leaked.repeat(3).startsWith(text)).toBe(true);
        expect(scene.callsOf(one), one.model).toEqual([1, 0]);
      }
    });
  });
});
