import { expect, test } from "vitest";
import type { Services } from "../services.ts";
import { createLifecycle } from "./lifecycle.ts";
import { readiness } from "./readiness.ts";

test.each<[ReturnType<Services["storageReach"]>, number, RegExp]>([
  [{ trust: "current", ageMs: 0 }, 200, /^ready$/],
  [{ trust: "cut-off", ageMs: 4_200 }, 200, /^ready, but the database could not be asked for 4 s$/],
  [{ trust: "outdated", ageMs: 601_000 }, 503, /601 s, and keys are not relied on any more$/],
])("with what is known $0.trust it answers %s", (reach, status, text) => {
  const { status: answered, text: said } = readiness({ lifecycle: createLifecycle(), storageReach: () => reach });
  expect(answered).toBe(status);
  expect(said).toMatch(text);
});

test("a gateway that shuts down is not ready, whatever it knows", async () => {
  const lifecycle = createLifecycle();
  await lifecycle.drain(0);
  expect(readiness({ lifecycle, storageReach: () => ({ trust: "current", ageMs: 0 }) }).status).toBe(503);
});
