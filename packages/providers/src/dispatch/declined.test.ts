import { describe, expect, test } from "vitest";
import { chain, failure, Scene, target } from "../test/dispatch/scene.ts";

class NotThere extends Error {}

const one = target("one/big", ["key", "spare"]);
const two = target("two/big");

/** Runs a plan in which some providers are not asked and others fail. */
function run(scene: Scene, plan: ReturnType<typeof chain>, outcomes: Record<string, Error>): Promise<string> {
  const isDeclined = (error: unknown): boolean => error instanceof NotThere;
  return scene.run(plan, (_, route) => outcomes[route.target.provider.name], { isDeclined });
}

describe("a place that the request may not go to", () => {
  test("is passed over with all its credentials, and nothing is said against it", async () => {
    const scene = new Scene();
    expect(await run(scene, chain(one, two), { one: new NotThere("no room") })).toBe("two/big/key");
    expect(scene.attempts.map(({ provider, outcome }) => `${provider} ${outcome}`)).toEqual(["one declined", "two ok"]);
    expect(scene.dispatcher.health().every(({ state, failures }) => state === "healthy" && failures === 0)).toBe(true);
  });

  test("takes none of the attempts that a request has", async () => {
    const scene = new Scene({ settings: { attempts: 1 } });
    expect(await run(scene, chain(one, two), { one: new NotThere("no room") })).toBe("two/big/key");
  });

  test("is told of when no other is left, without a wait", async () => {
    const scene = new Scene();
    const start = scene.time.nowMs;
    const asked = run(scene, chain(one, two), { one: new NotThere("first"), two: new NotThere("second") });
    await expect(asked).rejects.toThrow("first");
    expect(scene.time.nowMs).toBe(start);
  });

  test("is not told of where a provider has failed, which may pass", async () => {
    const overloaded = failure("overloaded", { status: 529 });
    const asked = run(new Scene(), chain(one, two), { one: new NotThere("no room"), two: overloaded });
    await expect(asked).rejects.toMatchObject({ failure: { kind: "overloaded" } });
  });
});
