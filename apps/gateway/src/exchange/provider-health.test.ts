import type { PlaceHealth } from "@drawbridge/providers";
import { expect, test, vi } from "vitest";
import { providerHealth } from "./provider-health.ts";

const place = (provider: string, more: Partial<PlaceHealth> = {}): PlaceHealth => {
  const usual = {
    model: "m",
    credential: "default",
    state: "healthy",
    untilMs: undefined,
    kind: undefined,
    failures: 0,
  };
  return { provider, ...usual, ...more } as PlaceHealth;
};
const well = (places: readonly PlaceHealth[], provider = "gpu"): boolean =>
  providerHealth({ health: () => places })(provider);

test.each<[string, readonly PlaceHealth[], boolean]>([
  ["that nobody has asked", [place("other", { state: "open" })], true],
  ["whose places are well", [place("gpu")], true],
  ["with one place that is well", [place("gpu", { state: "open" }), place("gpu", { model: "n" })], true],
  ["that is being probed", [place("gpu", { state: "half-open" })], true],
  [
    "all of whose places are out",
    [place("gpu", { state: "open" }), place("gpu", { model: "n", state: "cooling" })],
    false,
  ],
  ["whose only credential cools", [place("gpu"), place("gpu", { model: undefined, state: "cooling" })], false],
  [
    "with another credential",
    [place("gpu", { credential: "second" }), place("gpu", { model: undefined, state: "cooling" })],
    true,
  ],
])("a provider %s is well: %#", (_, places, expected) => {
  expect(well(places)).toBe(expected);
});

test("health is looked up once, and only when it is asked for", () => {
  const health = vi.fn(() => []);
  const healthy = providerHealth({ health });
  expect(health).not.toHaveBeenCalled();
  healthy("a");
  healthy("b");
  expect(health).toHaveBeenCalledTimes(1);
});
