import { expect, test } from "vitest";
import * as governance from "./index.ts";
import * as node from "./node/index.ts";

test("the package exports what it promises and nothing else", () => {
  expect(Object.keys(governance).sort()).toEqual([
    "GovernanceError",
    "aliasOf",
    "canonicalModel",
    "compileGlob",
    "compilePolicy",
    "createKeyRing",
    "createRouteTable",
    "createSnapshotHolder",
    "globProblem",
    "isGovernanceError",
    "keyPrefix",
    "listModels",
    "mintKey",
    "nearestNames",
    "planRoute",
    "splitTarget",
    "unalias",
  ]);
  expect(Object.keys(node)).toEqual(["hmacKeyHasher"]);
});
