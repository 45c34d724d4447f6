import { expect, test } from "vitest";
import { compilePolicy } from "../policy/policy.ts";
import { planRoute } from "./plan-route.ts";
import { createRouteTable } from "./route-table.ts";

const table = createRouteTable({
  models: [
    {
      match: "fast",
      chain: [{ targets: [{ target: "us/x" }, { target: "eu/x" }] }, { targets: [{ target: "us/y" }] }],
    },
  ],
  providers: [
    { name: "us", region: "us-east-1", knows: () => false },
    { name: "eu", region: "eu-west-1", knows: () => false },
  ],
});

function reached(...args: Parameters<typeof planRoute>): unknown {
  const plan = planRoute(...args);
  return plan.ok ? plan.links.map(({ targets }) => targets.map(({ provider, model }) => `${provider}/${model}`)) : plan;
}

test("a policy without rules leaves the chain as it is", () => {
  expect(reached(table, [compilePolicy()], "fast")).toEqual([["us/x", "eu/x"], ["us/y"]]);
});

test("what a policy forbids is left out of the chain, and links that are empty then as well", () => {
  expect(reached(table, [compilePolicy({ regions: ["eu-*"] })], "fast")).toEqual([["eu/x"]]);
  expect(reached(table, [compilePolicy({ models: { deny: ["us/x"] } })], "fast")).toEqual([["eu/x"], ["us/y"]]);
});

test("a chain of which nothing is left is refused with the first reason", () => {
  expect(reached(table, [compilePolicy({ regions: ["ap-*"] })], "fast")).toMatchObject({
    ok: false,
    asked: "fast",
    code: "region-not-allowed",
    reason: expect.stringContaining("us, which computes in us-east-1"),
  });
});

test("a target must pass the policies of every level, whichever of them forbids it", () => {
  const team = compilePolicy({ providers: { deny: ["us"] } }, "team payments");
  const key = compilePolicy({ models: { allow: ["us/*", "eu/*"] } }, "key alice");
  expect(reached(table, [team, key], "fast")).toEqual([["eu/x"]]);
  expect(reached(table, [key, compilePolicy({ regions: ["us-*"] }), team], "fast")).toMatchObject({ ok: false });
});

test("a refusal names the level whose policy it is and the provider it does not allow", () => {
  const team = compilePolicy({ providers: { allow: ["azure", "bedrock-*"] } }, "team payments");
  expect(reached(table, [team], "fast")).toMatchObject({
    code: "provider-not-allowed",
    reason:
      'the model "fast" is served by us, and team payments may not use that provider: allowed are azure, bedrock-*; ' +
      "choose another model or ask for access",
  });
});
