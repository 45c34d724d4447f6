import { createEntry, createRouteTable, memoryDirectoryStore } from "@drawbridge/governance";
import { expect, test } from "vitest";
import { createRuleCheck } from "./rule-check.ts";

const toGpu = createEntry("rule", {
  name: "small",
  when: 'healthy("gpu")',
  route: [{ targets: [{ target: "gpu/x" }] }],
});

test("a rule is refused when it is written where the configuration in force has no such provider", async () => {
  const rules = createRuleCheck();
  const store = memoryDirectoryStore({ clock: () => 0, check: rules.check });
  let names = ["openai"];
  const routesWith = () =>
    createRouteTable({ models: [], providers: names.map((name) => ({ name, knows: () => false })) });
  rules.holdTo(() => ({ routes: routesWith(), ruleSettings: {} }));
  await expect(store.change("alice", toGpu)).rejects.toMatchObject({
    code: "invalid-rule",
    message: expect.stringMatching(
      /"small": at character 9.*no such provider; did you mean|no such provider; known are openai/s,
    ),
  });
  names = ["openai", "gpu"];
  expect(await store.change("alice", toGpu)).toBe(1);
});

test("what a file declares is not held to the configuration that is in force before it", async () => {
  const rules = createRuleCheck();
  rules.holdTo(() => ({ routes: createRouteTable({ models: [], providers: [] }), ruleSettings: {} }));
  const store = memoryDirectoryStore({ clock: () => 0, check: rules.check });
  const route = [{ targets: [{ target: "gpu/x" }] }];
  expect(await store.applyFile("a file", { directory: {}, rules: [{ name: "small", route }] })).toMatchObject({
    changed: 1,
  });
});
