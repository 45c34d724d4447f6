import { expect, test } from "vitest";
import * as governance from "./index.ts";
import * as node from "./node/index.ts";

test("the package exports what it promises and nothing else", () => {
  expect(Object.keys(governance).sort()).toEqual([
    "GovernanceError",
    "aliasOf",
    "canonicalModel",
    "compileDirectory",
    "compileGlob",
    "compilePolicy",
    "createRouteTable",
    "createSnapshotHolder",
    "directoryProblems",
    "endpoints",
    "explainRefusal",
    "globProblem",
    "inRanges",
    "isGovernanceError",
    "keyPrefix",
    "limitScope",
    "listModels",
    "memoryLimitStore",
    "mergeHolds",
    "mintKey",
    "nearestNames",
    "parseAddressRange",
    "periodOf",
    "planRoute",
    "shareOf",
    "splitTarget",
    "unalias",
    "zoneOffsets",
  ]);
  expect(Object.keys(node)).toEqual(["hmacKeyHasher", "journalLimitStore"]);
});
